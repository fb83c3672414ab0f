"""Django's command, with patience: it takes the place of Django's own wherever that is called."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate

from openletter.lib.db import migrating


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        try:
            migrating.patiently(partial(super().handle, *args, **options))
        except migrating.NotMigrated as problem:
            raise CommandError(str(problem)) from problem
