"""Celery's door into what watches the site."""

from __future__ import annotations

from celery import shared_task

from openletter.lib.db import clock
from openletter.operations import delivery_alarms


@shared_task
def watch_delivery() -> None:
    delivery_alarms.watch(now=clock.now())
