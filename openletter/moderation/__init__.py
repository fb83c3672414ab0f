"""Rules that judge a candidate, sources to trust or to watch, the record of who decided what."""
