"""Celery's door into the recount."""

from __future__ import annotations

from celery import shared_task

from openletter.ledger import watch
from openletter.lib.db import clock


@shared_task
def recount() -> None:
    watch.watch(now=clock.now())
