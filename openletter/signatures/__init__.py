"""Signatures: sign, confirm, decide; who is on the list, who is reminded, what is deleted when."""
