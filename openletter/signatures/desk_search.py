"""What staff type into the search for signatures: a part of a name, or one whole address.

An address is looked up by its keyed hash and never stands in a URL, nor does a part of one.
"""

from __future__ import annotations

import unicodedata

from django.core.exceptions import ValidationError

from openletter.lib.addresses import email_key, tidy_address
from openletter.lib.characters import visible

_MOST_CHARACTERS = 400
# Between addresses, and behind one at the end of a sentence.
_APART = str.maketrans(",;", "  ")
_BEHIND = " .,;:!?"


def query_for(typed: str) -> dict[str, str]:
    """Return the parameters of the list that shows what somebody searched for."""
    text = unicodedata.normalize("NFKC", visible(typed[:_MOST_CHARACTERS])).strip()
    # The whole may be `Dora <dora@example.net>`, and a word of it `(dora@example.net),`.
    for part in (text, *text.translate(_APART).split()):
        address = _address_in(part.rstrip(_BEHIND))
        if address:
            return {"address": email_key(address).hex()}
    if any(_is_part_of_an_address(word) for word in text.split()):
        return {"address": email_key(text).hex()}  # finds nobody: only whole addresses are found
    return {"q": text} if text else {}


def _address_in(text: str) -> str:
    """Return the address in a text as forms take it out; "" when it holds none that is whole."""
    try:
        return tidy_address(text) if "@" in text else ""
    except ValidationError:
        return ""


def _is_part_of_an_address(word: str) -> bool:
    """Say whether a word with an @ in it is no name, such as Women@Work or @fire."""
    before, at, after = word.rpartition("@")
    return bool(at) and ("." in after or not after or "@" in before)
