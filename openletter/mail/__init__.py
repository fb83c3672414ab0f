"""The outbox: a mail is a row first, and leaves by a worker. Knows no signature."""
