"""What we hold about people: asks every package's personal.py."""
