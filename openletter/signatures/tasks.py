"""Celery's doors into signatures."""

from __future__ import annotations

from celery import shared_task

from openletter.lib import clock
from openletter.signatures import (
    breaker,
    delivery_watch,
    flows,
    mailing_work,
    reminders,
    search_words,
    undeliverable,
)


@shared_task
def expire_attempts() -> None:
    flows.expire(now=clock.now())


@shared_task
def remind() -> None:
    reminders.remind(now=clock.now())


@shared_task
def work_on_mailings() -> None:
    mailing_work.work(now=clock.now())


@shared_task
def watch_confirmations() -> None:
    breaker.watch(now=clock.now())


@shared_task
def watch_delivery() -> None:
    delivery_watch.watch(now=clock.now())


@shared_task
def watch_domains() -> None:
    undeliverable.watch(now=clock.now())


@shared_task
def tidy_search() -> None:
    search_words.tidy()
