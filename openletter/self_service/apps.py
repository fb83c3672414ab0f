from __future__ import annotations

from django.apps import AppConfig


class SelfServiceConfig(AppConfig):
    name = "openletter.self_service"
