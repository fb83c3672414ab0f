"""./run manage fill-for-rehearsal: a letter with very many invented people, for development."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from openletter.lib.db import clock
from openletter.operations import rehearsal
from openletter.operations.rehearsal import only_here


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
        only_here.refuse_a_real_site()
        only_here.refuse_a_letter(slug)
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
