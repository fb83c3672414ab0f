"""What staff type into the search for signatures: a part of a name, or one whole address.

An address is looked up by its keyed hash and never stands in a URL, nor does a part of one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from openletter.lib.people.addresses import email_key, tidy_address
from openletter.lib.people.characters import visible
from openletter.signatures.models import UNCONFIRMED, Signature

PART_OF_AN_ADDRESS = "part"  # stands in the list's address for what stands in none
_MOST_CHARACTERS = 400
# Who signs does not wait for an index of words, so of those who have not confirmed each is read.
MOST_UNCONFIRMED = 50_000
_KEY = re.compile(r"[0-9a-f]{64}", re.ASCII)
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
        return {"address": PART_OF_AN_ADDRESS}  # only whole addresses are found
    return {"q": text} if text else {}


def is_key(text: str) -> bool:
    """Say whether a text can stand for an address in the list's own."""
    return bool(_KEY.fullmatch(text))


def sentence_for(query: Mapping[str, str]) -> str:
    """Say what a list shows that was searched for; "" when nothing was. It names no address."""
    address, typed = query.get("address"), query.get("q", "").strip()
    if address == PART_OF_AN_ADDRESS:
        return _(
            "You searched for a part of an e-mail address. Addresses are stored encrypted, so only"
            " a whole one can be found. Please type all of it, such as dora@example.net."
        )
    if address is not None and is_key(address):
        return _("You searched for an e-mail address. This is what was signed with it.")
    if not typed:
        return ""
    if "@" in typed:
        return _(
            "You searched for “%(typed)s” as a part of a name. To find an e-mail address, please"
            " type all of it, such as dora@example.net."
        ) % {"typed": typed}
    if query.get("state__exact") in UNCONFIRMED:
        return _("You searched for “%(typed)s”.") % {"typed": typed}
    return _(
        "You searched for “%(typed)s”. Only confirmed signatures are searched, unless you choose"
        " another state."
    ) % {"typed": typed}


def searched_since(state: str) -> datetime | None:
    """Return since when signatures in an unconfirmed state are searched; None when all are."""
    newest = Signature.objects.filter(state=state).order_by("-created_at", "-pk")
    return newest.values_list("created_at", flat=True)[MOST_UNCONFIRMED:][:1].first()


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
