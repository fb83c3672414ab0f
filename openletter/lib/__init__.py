"""Small things with no tables that every package may use; imports nothing from openletter."""
