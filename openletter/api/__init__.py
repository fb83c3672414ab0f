"""JSON that combines packages; empty so far."""
