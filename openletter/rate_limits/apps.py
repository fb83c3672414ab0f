from __future__ import annotations

from django.apps import AppConfig


class RateLimitsConfig(AppConfig):
    name = "openletter.rate_limits"
