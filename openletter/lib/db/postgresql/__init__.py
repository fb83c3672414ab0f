"""Django's own backend for PostgreSQL, over connections that do not wait for ever."""
