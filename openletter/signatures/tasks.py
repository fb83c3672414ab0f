"""Celery's doors into signatures."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from openletter.signatures import (
    breaker,
    delivery_watch,
    flows,
    mailing_work,
    reminders,
    undeliverable,
)


@shared_task
def expire_attempts() -> None:
    flows.expire(now=timezone.now())


@shared_task
def remind() -> None:
    reminders.remind(now=timezone.now())


@shared_task
def work_on_mailings() -> None:
    mailing_work.work(now=timezone.now())


@shared_task
def watch_confirmations() -> None:
    breaker.watch(now=timezone.now())


@shared_task
def watch_delivery() -> None:
    delivery_watch.watch(now=timezone.now())


@shared_task
def watch_domains() -> None:
    undeliverable.watch(now=timezone.now())
