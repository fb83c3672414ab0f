"""Let what was erased leave the disk now, with a connection that no limit of a pooler's holds."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from openletter.lib.db import clock
from openletter.privacy import vacuum


class Command(BaseCommand):
    help = "Let what people had deleted leave the disk of the database too."

    def handle(self, *args: Any, **options: Any) -> None:
        if not vacuum.vacuum_erased(now=clock.now()):
            raise CommandError(
                "Not all of it has left yet: somebody holds a table, an older transaction still"
                " sees it, or a large table is not due yet. Try again in ten minutes."
            )
        self.stdout.write("Nothing that was deleted is left on the disk.")
