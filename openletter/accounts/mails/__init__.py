"""The mails about accounts, one module each; openletter/mail_kinds.py lists them."""
