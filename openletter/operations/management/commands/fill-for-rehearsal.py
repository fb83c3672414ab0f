"""./run manage fill-for-rehearsal: a letter with very many invented people, for development."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from openletter.letters.models import Letter
from openletter.letters.slugs import check_slug
from openletter.lib.db import clock
from openletter.operations import rehearsal


class Command(BaseCommand):
    help = (
        "Make a letter of its own and fill it with invented people and their mails, to see how a"
        " site does at that size. Only for development."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--signatures", type=int, default=1_000_000, help="1,000,000")
        parser.add_argument("--mails", type=int, default=3_000_000, help="3,000,000")
        parser.add_argument("--letter", default="rehearsal", help="its address, not in use yet")

    def handle(self, *args: Any, **options: Any) -> None:
        slug, signatures, mails = options["letter"], options["signatures"], options["mails"]
        _refuse_a_real_site()
        _refuse_a_letter(slug)
        self.stdout.write(
            f"Making the letter /{slug}/ with {signatures:,} signatures and {mails:,} mails, all of"
            " invented people. A million takes some minutes and 5 GB; nothing is there until it"
            " is done."
        )
        try:
            letter = rehearsal.rehearse(slug, signatures=signatures, mails=mails, now=clock.ask())
        except rehearsal.TooFewMails:
            raise CommandError("Each signature brings two mails: ask for more --mails.") from None
        except rehearsal.NobodyToWriteTo:
            raise CommandError("So many --mails need more --signatures.") from None
        self.stdout.write("Tidying up the tables.")
        rehearsal.settle()
        self.stdout.write(
            f"Done: /{letter.slug}/. ./run manage recount must agree. To get rid of it, throw the"
            " database away."
        )


def _refuse_a_real_site() -> None:
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


def _refuse_a_letter(slug: str) -> None:
    """No letter is filled but one of its own, so none that has signatures of real people."""
    if Letter.objects.filter(slug=slug).exists():
        raise CommandError(f"There is a letter /{slug}/ already; choose another with --letter.")
    try:
        check_slug(slug, letter=None)
    except ValidationError as problem:
        raise CommandError(f"--letter: {' '.join(problem.messages)}") from None
