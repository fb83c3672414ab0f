"""Hold names written as no one writes a name: one letter drummed, a sentence, a telephone number.

Long names are ordinary where titles, particles and forefathers belong to them, and an
organisation's may be as long as the field.
"""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _

from openletter.moderation.candidate import Candidate, Mode, Setting

REASON = "unlike a name"
NAME = _("unlike a name")
SAYS = _("It does not look like a name.")
CLEARED_BY = _("See whether somebody could be called so.")
MODE = Mode.HOLD
AMOUNT = None

_DRUMMED = re.compile(r"([^\W\d_])\1{3,}", re.IGNORECASE)
_MOST_WORDS = 8
_MOST_DIGITS = 6  # a postcode or a year at most; more is a number to call
# Words that make a name long without making it a sentence.
_PARTICLES = frozenset([
    *("y", "e", "i", "da", "das", "de", "del", "della", "der", "di", "do", "dos", "du", "la"),
    *("las", "le", "los", "van", "von", "und", "zu", "zum", "zur", "ter", "ten", "af", "av", "of"),
    *("bin", "bint", "ibn", "al", "el", "abu", "ben", "bar", "ap", "ab", "ferch", "binti", "bt"),
    *("s/o", "d/o", "بن", "ابن", "بنت", "عبد", "آل", "أبو", "ابو"),
])  # fmt: skip


def objects(candidate: Candidate, _setting: Setting) -> bool:
    return bool(_DRUMMED.search(candidate.name)) or (
        _is_a_number(candidate.name)
        if candidate.is_organisation
        else _is_a_sentence(candidate.name)
    )


def _is_a_sentence(name: str) -> bool:
    words = [word for word in name.split() if not word.rstrip(",").endswith(".")]
    return sum(word.lower() not in _PARTICLES for word in words) > _MOST_WORDS


def _is_a_number(name: str) -> bool:
    digits = sum(char.isdigit() for char in name)
    return digits > _MOST_DIGITS and not any(char.isalpha() for char in name)
