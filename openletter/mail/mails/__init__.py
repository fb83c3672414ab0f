"""The mails that the mail package itself sends: alarms and the self-test."""
