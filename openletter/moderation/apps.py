from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ModerationConfig(AppConfig):
    name = "openletter.moderation"
    verbose_name = _("Moderation")

    def ready(self) -> None:
        from openletter.moderation import checks  # noqa: F401 - registers them
