"""The mails about what happens under letters: one module each."""
