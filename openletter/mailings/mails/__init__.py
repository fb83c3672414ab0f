"""The mails of a mailing, one module each."""
