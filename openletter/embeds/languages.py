"""The language of what is made of a letter for another page, whose address says it last."""

from __future__ import annotations

from django.conf import settings


def language_of(asked: str, of_letter: str) -> str:
    """Return the language that is asked for, or the letter's, if the site speaks it."""
    known = dict(settings.LANGUAGES)
    return next((one for one in (asked, of_letter) if one in known), settings.LANGUAGE_CODE)
