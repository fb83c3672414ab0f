"""What somebody was shown before an act, in a few characters.

The page that asks brings it along, and the act compares it: nothing is done to what was not seen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime

from openletter.letters.models import Letter, TextVersion, Translation, Update, UpdateText


def of_version(version: TextVersion) -> str:
    """Of a draft: its words, who writes, why it changes, and what it was compared with."""
    texts = version.translations.order_by("language")
    words = list(texts.values_list("language", "title", "addressee", "markdown"))
    last, sender = version.letter.last_published(), version.letter.sender_name
    return _hash(["version", version.pk, sender, version.reason, words, last and last.number])


def of_letter(letter: Letter) -> str:
    """Of a letter: its state and times, and the text that people read under its address."""
    newest = letter.last_published()
    languages = newest and sorted(newest.translations.values_list("language", flat=True))
    times = [str(letter.opens_at), str(letter.closes_at)]
    return _hash(["letter", letter.pk, letter.state, times, newest and newest.number, languages])


def of_update(update: Update) -> str:
    """Of an update: its words in every language."""
    words = list(update.texts.order_by("language").values_list("language", "title", "markdown"))
    return _hash(["update", update.pk, words])


def of_retention(letter: Letter, months: int, ends_at: datetime | None) -> str:
    """Of months that are not stored yet: until when data would be kept."""
    return _hash(["retention", letter.pk, months, str(ends_at)])


def of_texts(texts: Iterable[Translation | UpdateText]) -> str:
    """Of texts that are not stored yet."""
    return _hash(sorted([text.language, text.title, *_rest(text)] for text in texts))


def _rest(text: Translation | UpdateText) -> list[str]:
    addressee = text.addressee if isinstance(text, Translation) else ""
    return [addressee, text.markdown]


def _hash(shown: object) -> str:
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()
