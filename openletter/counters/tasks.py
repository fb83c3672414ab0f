"""Celery's door into the recount."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from openletter.counters import watch


@shared_task
def recount() -> None:
    watch.watch(now=timezone.now())
