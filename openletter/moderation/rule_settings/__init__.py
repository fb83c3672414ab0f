"""What staff say of the rules: what each does, on the whole site and on a letter."""
