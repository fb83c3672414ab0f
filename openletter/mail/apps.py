from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailConfig(AppConfig):
    name = "openletter.mail"
    verbose_name = _("Mail")

    def ready(self) -> None:
        from openletter.mail import checks  # noqa: F401 - registers them
