"""How many there are of what, by letter, hour and country: counted in slices, stored as numbers."""
