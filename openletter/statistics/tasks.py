"""Celery's doors into the statistics."""

from __future__ import annotations

from celery import shared_task

from openletter.lib.db import clock
from openletter.statistics import alerts, counting, following, unpressed


@shared_task
def count() -> None:
    counting.count(now=clock.now())


@shared_task
def follow() -> None:
    following.follow()


@shared_task
def count_unpressed() -> None:
    unpressed.count(now=clock.now())


@shared_task
def alert() -> None:
    alerts.watch(now=clock.now())
