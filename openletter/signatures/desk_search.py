"""What staff type into the search for signatures: a part of a name, or one whole address.

An address is looked up by its keyed hash and never stands in a URL, nor does a part of one.
"""

from __future__ import annotations

import re
import unicodedata

from openletter.lib.addresses import email_key

# In `Dora <dora@example.net>`, `mailto:dora@example.net`, and between other words.
_WHOLE = re.compile(r"[^\s<>()\[\]\"',;:@]{1,64}@[^\s<>()\[\]\"',;:@]{1,190}")
_MOST_CHARACTERS = 400
# Signs that nobody sees and that are pasted along.
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200e\u200f\u202a\u202c\u2060\ufeff\x00"))


def query_for(typed: str) -> dict[str, str]:
    """Return the parameters of the list that shows what somebody searched for."""
    text = unicodedata.normalize("NFKC", typed[:_MOST_CHARACTERS].translate(_INVISIBLE)).strip()
    for found in _WHOLE.findall(text):
        if "." in found.rpartition("@")[2].strip("."):
            return {"address": email_key(found.rstrip(".")).hex()}
    if any(_is_part_of_an_address(word) for word in text.split()):
        return {"address": email_key(text).hex()}  # finds nobody: only whole addresses are found
    return {"q": text} if text else {}


def _is_part_of_an_address(word: str) -> bool:
    """Say whether a word with an @ in it is no name, such as Women@Work or @fire."""
    before, at, after = word.rpartition("@")
    return bool(at) and ("." in after or not after or "@" in before)
