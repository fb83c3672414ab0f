"""Hold words that staff listed, in whatever case, with or without accents, as whole words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from openletter.lib.db import search
from openletter.moderation.candidate import Candidate, Mode, Setting

REASON = "word list"
NAME = _("listed words")
SAYS = _("It contains a word that staff listed.")
CLEARED_BY = _("See what the word means here.")
MODE = Mode.HOLD
AMOUNT = None


def objects(candidate: Candidate, setting: Setting) -> bool:
    if setting.words is None:
        return False
    written = (
        *(candidate.name, candidate.represented_by),
        *(candidate.title, candidate.affiliation, candidate.comment),
    )
    return any(setting.words.search(f"{search.fold(text)} ") for text in written if text)
