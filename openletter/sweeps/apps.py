from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SweepsConfig(AppConfig):
    name = "openletter.sweeps"
    verbose_name = _("Sweeps")
