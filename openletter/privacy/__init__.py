"""Hand over, erase and expire what is held about people: asks every package's personal.py."""
