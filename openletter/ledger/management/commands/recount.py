"""./run manage recount: compare every public number with two independent counts."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from openletter.ledger import recounting


class Command(BaseCommand):
    help = "Compare each letter's number with its signatures and its ledger. Repairs nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        differing = 0
        for one in recounting.recount():
            verdict = "agrees" if one.agrees else "DIFFERS"
            self.stdout.write(
                f"{one.letter.slug}: tally {one.tally}, signatures {one.counted}, ledger"
                f" {one.moved}, entries {one.entries} of {one.next_index}: {verdict}"
            )
            differing += not one.agrees
        if differing:
            raise CommandError(f"{differing} letter(s) differ. Do not quote these numbers.")
