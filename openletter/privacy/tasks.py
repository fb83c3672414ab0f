"""Celery's door into what is deleted by itself."""

from __future__ import annotations

from celery import shared_task

from openletter.lib import clock
from openletter.privacy import flows, scrubbing


@shared_task
def expire() -> None:
    flows.expire(now=clock.now())


@shared_task
def scrub() -> None:
    scrubbing.scrub_if_needed(now=clock.now())
