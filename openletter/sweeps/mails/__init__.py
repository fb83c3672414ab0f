"""The mail about a sweep; openletter/mail_kinds.py lists it."""
