"""Letters, texts, versions and updates as they are read."""
