"""The mails about signatures, one module each; openletter/mails.py lists them."""
