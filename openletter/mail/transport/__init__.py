"""Over SMTP or an API of a provider to the relay."""
