"""Somebody objects: to a removal, or to a name that is theirs and that they did not sign with."""
