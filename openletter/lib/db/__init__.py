"""PostgreSQL: statements, rows, triggers, search, the clock, and whether it is there."""
