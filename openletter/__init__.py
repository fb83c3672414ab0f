"""openletter: letters signed by the world, on a machine of your own."""

from __future__ import annotations

from openletter.celery import app as celery_app

__all__ = ["celery_app"]
