"""Search at the desk: however a name is spelled, typed or pasted.

Texts are compared in one spelling: in Unicode's NFKC, without accents, in small letters, without
apostrophes, and with a space for every other sign. A list says which fields are `searched`, or in
which column what they say is stored in this spelling (`SearchField`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    _Text = models.TextField[str, str]
else:
    _Text = models.TextField

MOST_CHARACTERS = 200
_MOST_TERMS = 8
# An index of trigrams needs three characters.
_SHORT = 3
_APOSTROPHES = frozenset("'`\u2018\u2019\u201b\u02bb\u02bc\u2032")
# Letters that Unicode does not take apart, and whose name does not say what they are made of.
_LETTERS = {"æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i", "ŋ": "n"}
_WITH = re.compile(r"LATIN SMALL LETTER ([A-Z]) WITH ")
# Signs that only combine in these classes are accents, points and strokes. Those below are parts of
# a letter, such as the voicing of kana.
_LEAST_OF_ACCENTS = 10


class SearchField(_Text):
    """What other fields of a row say, in the spelling in which they are searched.

    Made whenever the row is saved with this field. It is as personal as what it is made of.
    """

    def __init__(self, *, of: tuple[str, ...] = (), **options: Any) -> None:
        self.of = of
        super().__init__(**{"editable": False, "default": "", "db_default": "", **options})

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        text = fold(*(str(getattr(model_instance, name)) for name in self.of))
        setattr(model_instance, self.attname, text)
        return text


def fold(*texts: str) -> str:
    """Return texts, one after the other, in the spelling in which they are searched.

    It begins with a space, and so does each of its words. It is ASCII: letters beyond are written
    as capitals, because where the database's locale is C an index of trigrams would leave them out,
    whole names in Cyrillic or Chinese. Only of empty texts it makes an empty one.
    """
    # NFKC would make a space of this one.
    whole = unicodedata.normalize("NFKC", " ".join(texts).replace("\u00b4", ""))
    words = "".join(map(_folded, whole)).split()
    return "".join(f" {word}" for word in words) or (" " if any(texts) else "")


@lru_cache(maxsize=4096)
def _folded(sign: str) -> str:
    """Return one sign as it is searched: its letters, a space, or nothing."""
    if sign in _APOSTROPHES:
        return ""
    return "".join(_plain(part) for part in _parts(sign))


def _parts(sign: str) -> Iterator[str]:
    apart = unicodedata.normalize("NFKD", sign.casefold())
    kept = "".join(one for one in apart if unicodedata.combining(one) < _LEAST_OF_ACCENTS)
    for one in unicodedata.normalize("NFC", kept):
        made_of = _WITH.match(unicodedata.name(one, ""))
        yield from _LETTERS.get(one, made_of[1].lower() if made_of else one)


def _plain(letter: str) -> str:
    if letter.isascii():
        return letter if letter.isalnum() else " "
    kind = unicodedata.category(letter)
    if kind == "Cf":  # nobody sees it
        return ""
    return _in_capitals(letter) if kind[0] in "LMN" else " "


def _in_capitals(letter: str) -> str:
    """Write the bytes of a letter as two capitals each, so that none begins within another's."""
    return "".join(
        chr(ord("A") + byte // 16 - 8) + chr(ord("I") + byte % 16) for byte in letter.encode()
    )


def terms(typed: str) -> list[str]:
    """Return what a folded text must contain, every one of them, to be what somebody searched for.

    Very short ones are found at the beginning of a word only.
    """
    folded = [fold(word) for word in typed.split()[:_MOST_TERMS]]
    return [text if len(text.strip()) < _SHORT else text.strip() for text in folded if text.strip()]
