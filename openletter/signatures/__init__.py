"""Signatures: sign, confirm, decide, and the ledger that moves the number."""
