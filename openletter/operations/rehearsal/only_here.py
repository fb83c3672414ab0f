"""No rehearsal on a site for the public, and none on a letter that real people sign."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from openletter.letters.models import Letter
from openletter.letters.slugs import check_slug


def refuse_a_real_site() -> None:
    if not settings.DEBUG:
        raise CommandError(
            "This site is not for development (DEBUG is off), and its numbers would no longer be"
            " true. Rehearse on another database."
        )
    if not settings.MAILBOX_DIR:
        raise CommandError(
            "Mails of this site leave by EMAIL_URL, and the workers would send thousands to people"
            " who do not exist. Start it without EMAIL_URL: then they are caught."
        )


def refuse_a_letter(slug: str) -> None:
    """No letter is filled but one of its own, so none that has signatures of real people."""
    if Letter.objects.filter(slug=slug).exists():
        raise CommandError(f"There is a letter /{slug}/ already; choose another with --letter.")
    try:
        check_slug(slug, letter=None)
    except ValidationError as problem:
        raise CommandError(f"--letter: {' '.join(problem.messages)}") from None
