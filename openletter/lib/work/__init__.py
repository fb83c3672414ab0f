"""Work that outlives its worker: rows with a lease, and how long a failed try waits."""
