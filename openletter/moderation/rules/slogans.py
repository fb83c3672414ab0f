"""Hold slogans and appeals where a name, a title or an affiliation belongs.

Names have no exclamation mark, no hashtag, and none of the small words of which sentences are made.
Organisations may be called "#unteilbar" or "Nein zu Gleis 3!", so their names are left alone.
"""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _

from openletter.moderation.candidate import Candidate, Mode, Setting

REASON = "slogan"
NAME = _("slogans")
SAYS = _("It may be a slogan or an advertisement.")
CLEARED_BY = _("See whether somebody could be called so, or have such a title.")
MODE = Mode.HOLD
AMOUNT = None
_SIGNS_IN_A_NAME = re.compile(r"[!?#]")
_SIGNS = re.compile(r"!|(?:^|\s)#\w")
# Of English, German, French and Spanish: those that are in nobody's name.
_SMALL_WORDS = frozenset([
    *("the", "this", "that", "is", "are", "not", "now", "against", "our", "your", "you", "we"),
    *("must", "never", "stop", "ist", "sind", "nicht", "jetzt", "gegen", "wir", "kein", "keine"),
    *("nie", "muss", "est", "pas", "contre", "nous", "jamais", "ahora", "contra", "nunca"),
])  # fmt: skip


def objects(candidate: Candidate, _setting: Setting) -> bool:
    beside = (candidate.title, candidate.affiliation)
    return bool(
        _SIGNS_IN_A_NAME.search(candidate.person) or _of_a_sentence(candidate.person)
    ) or any(_SIGNS.search(text) for text in beside)


def _of_a_sentence(name: str) -> bool:
    words = name.casefold().split()
    return len(words) > 2 and any(word.strip(",.;:") in _SMALL_WORDS for word in words)
