from __future__ import annotations

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "openletter.operations"

    def ready(self) -> None:
        from django.db.backends.signals import connection_created

        from openletter.lib.db import fitness
        from openletter.operations import checks  # noqa: F401 - registers them

        connection_created.connect(fitness.opened)
