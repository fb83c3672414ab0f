"""Users and how they log in; signers have no account."""
