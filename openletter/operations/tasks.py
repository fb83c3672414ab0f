"""Celery's door into what watches the site."""

from __future__ import annotations

from celery import shared_task

from openletter.lib.db import clock
from openletter.operations import rates_watch


@shared_task
def watch_delivery() -> None:
    rates_watch.watch(now=clock.now())
