"""Small things with no models that every package may use; imports nothing from openletter."""
