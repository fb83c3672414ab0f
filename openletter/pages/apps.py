from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PagesConfig(AppConfig):
    name = "openletter.pages"
    verbose_name = _("Pages")

    def ready(self) -> None:
        from django.db.backends.signals import connection_created

        from openletter.lib.db import fitness
        from openletter.pages import checks  # noqa: F401 - registers them

        connection_created.connect(fitness.opened)
