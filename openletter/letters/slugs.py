"""The addresses a letter may have. First path segments of the site itself are reserved."""

from __future__ import annotations

import re
import unicodedata

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from openletter.letters.models import FormerSlug, Letter, check_spelling

RESERVED = frozenset({
    "about", "accounts", "admin", "api", "embed", "favicon", "healthz", "help", "home", "letters",
    "login", "logout", "mailbox", "media", "metrics", "new", "oembed", "privacy", "readyz",
    "robots", "s", "search", "security", "sitemap", "start", "static", "status", "webhooks",
    "well-known",
})  # fmt: skip


def as_stored(slug: str) -> str:
    """Return an address as letters have it, however somebody wrote it."""
    return slug.lower()


def check_slug(slug: str, *, letter: Letter | None) -> None:
    """Raise `ValidationError`, with one sentence, when a letter may not have this address."""
    check_spelling(slug)
    slug = as_stored(slug)
    if slug in RESERVED or slug in {as_stored(code) for code, _name in settings.LANGUAGES}:
        raise ValidationError(
            _("This address is reserved for the site itself. Please choose a different one.")
        )
    if FormerSlug.objects.filter(slug=slug).exclude(letter=letter).exists():
        raise ValidationError(
            _(
                "Another letter used to have this address, and links to it still work. Please"
                " choose a different one."
            )
        )


_LONGEST_PROPOSED = 60
_MOST_TRIED = 100
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
# Letters that are no letter with an accent.
_SPELLED = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d",
                          "þ": "th", "ı": "i"})  # fmt: skip


def propose(title: str, *, language: str) -> str:
    """Return an address for a letter with this title; "" when nothing in it is Latin."""
    text = unicodedata.normalize("NFKC", title).lower()
    if language.partition("-")[0] == "de":
        text = text.translate(_GERMAN)
    plain = unicodedata.normalize("NFKD", text.translate(_SPELLED))
    words = re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c)))
    stem = ""
    for word in words:
        if stem and len(stem) + len(word) >= _LONGEST_PROPOSED:
            break
        stem = f"{stem}-{word}"[:_LONGEST_PROPOSED] if stem else word[:_LONGEST_PROPOSED]
    if not stem:
        return ""
    tried = [stem, *(f"{stem}-{number}" for number in range(2, _MOST_TRIED))]
    return next((slug for slug in tried if _is_free(slug)), "")


def _is_free(slug: str) -> bool:
    try:
        check_slug(slug, letter=None)
    except ValidationError:
        return False
    return not Letter.objects.filter(slug=slug).exists()
