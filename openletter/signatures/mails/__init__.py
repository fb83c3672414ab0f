"""The mails about signatures, one module each; openletter/mail_kinds.py lists them."""
