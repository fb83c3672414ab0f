"""JSON that combines packages."""
