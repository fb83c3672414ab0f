"""Celery's doors into the outbox; beat knocks once a second."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from openletter.lib import heartbeat
from openletter.mail import budgets, delivery, domains, reports, watch


@shared_task
def deliver_due(*, lane: str) -> None:
    heartbeat.beat(f"mail.{lane}")
    delivery.deliver_due(lane)


@shared_task
def watch_reports() -> None:
    watch.watch(now=timezone.now())


@shared_task
def forget_old() -> None:
    reports.forget_old(now=timezone.now())
    budgets.forget_old(now=timezone.now())
    domains.forget_old(now=timezone.now())
