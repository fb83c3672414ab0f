"""A code that somebody typed or pasted: its digits, as the program writes them."""

from __future__ import annotations

import unicodedata

# "Your code: 123 456." has room, and what is judged has a bound.
LONGEST_TYPED = 100


def digits_in(text: str) -> str:
    """Return the decimal digits in a text, of whatever script, as 0 to 9.

    Spaces, dashes, invisible signs and words around and between them make no difference.
    """
    folded = unicodedata.normalize("NFKC", text[:LONGEST_TYPED])
    values = (unicodedata.decimal(char, None) for char in folded)
    return "".join(str(value) for value in values if value is not None)
