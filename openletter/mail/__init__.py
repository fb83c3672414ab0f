"""Mail: each is a row of the outbox first, and leaves by a worker. Knows no signature."""
