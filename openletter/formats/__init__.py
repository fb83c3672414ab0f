"""Dates as an English letter writes them, where Django would write them as an American form."""
