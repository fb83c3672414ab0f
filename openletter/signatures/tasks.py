"""Celery's doors into signatures."""

from __future__ import annotations

from celery import shared_task

from openletter.lib.db import clock
from openletter.signatures import confirmation, reminders, search_words
from openletter.signatures.abuse import confirmation_breaker, dead_domains


@shared_task
def expire_attempts() -> None:
    confirmation.expire(now=clock.now())


@shared_task
def remind() -> None:
    reminders.remind(now=clock.now())


@shared_task
def watch_confirmations() -> None:
    confirmation_breaker.watch(now=clock.now())


@shared_task
def watch_domains() -> None:
    dead_domains.watch(now=clock.now())


@shared_task
def tidy_search() -> None:
    search_words.tidy()
