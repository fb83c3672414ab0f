"""Celery's door into what is deleted by itself."""

from __future__ import annotations

from celery import shared_task

from openletter.lib.db import clock
from openletter.privacy import flows, vacuum

A_DAY = 24 * 60 * 60


@shared_task
def expire() -> None:
    flows.expire(now=clock.now())


# A large table takes minutes, and a limit that it never meets would let nothing leave the disk.
@shared_task(soft_time_limit=A_DAY, time_limit=A_DAY)
def vacuum_erased() -> None:
    vacuum.vacuum_erased(now=clock.now())
