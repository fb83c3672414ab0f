"""Celery's door into mailings."""

from __future__ import annotations

from celery import shared_task

from openletter.lib.db import clock
from openletter.mailings import slices


@shared_task
def work_on_mailings() -> None:
    slices.work(now=clock.now())
