"""./run manage recount: compare every public number with two independent counts."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from openletter.ledger import recounting


class Command(BaseCommand):
    help = "Compare each letter's number with its signatures and its ledger. Repairs nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        differing = 0
        for letter in recounting.recount():
            verdict = "agrees" if letter.agrees else "DIFFERS"
            self.stdout.write(
                f"{letter.slug}: tally {letter.tally}, signatures {letter.rows}, ledger"
                f" {letter.ledger}, entries {letter.entries} of {letter.next_index}: {verdict}"
            )
            differing += not letter.agrees
        if differing:
            raise CommandError(f"{differing} letter(s) differ. Do not quote these numbers.")
