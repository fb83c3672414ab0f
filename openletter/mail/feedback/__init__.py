"""What comes back: bounces, reports of providers, complaints."""
