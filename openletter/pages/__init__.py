"""HTML that combines packages: home, the letter page, health."""
