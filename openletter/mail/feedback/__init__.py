"""What comes back: bounces and complaints, from a mailbox or by webhooks of providers."""
