"""The whole site as real processes, for tests that meet it only from outside."""
