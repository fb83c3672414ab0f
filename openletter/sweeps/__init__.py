"""Sweeps: a question about the signatures of one letter, and one decision about all it finds."""
