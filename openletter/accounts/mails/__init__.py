"""The mails about accounts, one module each; openletter/mails.py lists them."""
