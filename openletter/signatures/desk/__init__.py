"""The queue of held signatures: one card at a time, all that is known, one key to decide."""
