"""Letters, the versions of their text, and its translations."""
