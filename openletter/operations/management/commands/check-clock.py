"""./run manage check-clock: whether this machine's clock is right; it fails when it is not."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from openletter.alarms import wrong_clocks
from openletter.lib.db import clock


class Command(BaseCommand):
    help = "Compare this machine's clock with the database's."

    def handle(self, *args: Any, **options: Any) -> None:
        clock.ask()
        if clock.is_wrong():
            raise CommandError(wrong_clocks.sentence())
        self.stdout.write("This machine's clock agrees with the database's.")
