"""The addresses a letter may have. First path segments of the site itself are reserved."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from openletter.letters.models import FormerSlug, Letter

RESERVED = frozenset({
    "about", "accounts", "admin", "api", "embed", "favicon", "healthz", "help", "home", "letters",
    "login", "logout", "mailbox", "media", "metrics", "new", "oembed", "privacy", "readyz",
    "robots", "s", "search", "security", "sitemap", "start", "static", "status", "webhooks",
    "well-known",
})  # fmt: skip


def check_slug(slug: str, *, letter: Letter | None) -> None:
    """Raise `ValidationError` when a letter may not have this address."""
    if slug in RESERVED or slug in dict(settings.LANGUAGES):
        raise ValidationError(_("The site itself uses this address. Please choose another."))
    if FormerSlug.objects.filter(slug=slug).exclude(letter=letter).exists():
        raise ValidationError(
            _(
                "Another letter once had this address, and links to it still work. Please choose"
                " another."
            )
        )
