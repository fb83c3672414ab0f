"""Rules that judge a candidate, and the record of who decided what. Knows no signature."""
