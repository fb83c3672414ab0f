"""The public number of each letter: the tally, its history line by line, and its recount."""
