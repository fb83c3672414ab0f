"""The mails about appeals and claims, one module each; openletter/mail_kinds.py lists them."""
