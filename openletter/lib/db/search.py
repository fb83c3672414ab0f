"""Search at the desk: however a name is spelled, typed or pasted.

Texts are compared in one spelling, made by the function `openletter_folded` of the database
(letters/migrations/0030): in Unicode's NFKC, without accents, in small letters, without
apostrophes, and with a space for every other sign. A list that says which fields are `searched`
finds by it.
"""

from __future__ import annotations

from django.db import connection
from django.db.models import Func, TextField

MOST_CHARACTERS = 200
_MOST_TERMS = 8
# An index of trigrams needs three characters.
_SHORT = 3


class Folded(Func):
    """One or more text fields, one after the other, in the spelling in which they are searched."""

    function = "openletter_folded"
    arg_joiner = " || ' ' || "
    output_field = TextField()


def terms(typed: str) -> list[str]:
    """Return what a folded text must contain, every one of them, to be what somebody searched for.

    Very short ones are found at the beginning of a word only.
    """
    words = typed.replace("\x00", " ").split()[:_MOST_TERMS]
    with connection.cursor() as cursor:
        query = "SELECT openletter_folded(word) FROM unnest(%s::text[]) AS word"
        cursor.execute(query, [words])
        folded = [row[0] for row in cursor.fetchall()]
    # A folded text begins with a space, and so does each of its words.
    return [text if len(text.strip()) < _SHORT else text.strip() for text in folded if text.strip()]
