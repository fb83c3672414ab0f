"""Celery's door into sweeps."""

from __future__ import annotations

from celery import shared_task

from openletter.sweeps import working


@shared_task
def work_on_sweeps() -> None:
    working.work()
