"""Celery's doors into the outbox; beat knocks once a second."""

from __future__ import annotations

from celery import shared_task

from openletter.alarms import wrong_clocks
from openletter.lib.celery import heartbeat
from openletter.lib.db import clock
from openletter.mail.feedback import delivery_events
from openletter.mail.limits import domain_backoff, quotas
from openletter.mail.monitoring import domains, reputation
from openletter.mail.outbox import delivery


@shared_task
def deliver_due(*, lane: str) -> None:
    heartbeat.beat(f"mail.{lane}")
    delivery.deliver_due(lane)
    wrong_clocks.watch()


@shared_task
def watch_reports() -> None:
    reputation.watch(now=clock.now())


@shared_task
def forget_old() -> None:
    delivery_events.forget_old(now=clock.now())
    quotas.forget_old(now=clock.now())
    domain_backoff.forget_old(now=clock.now())
    domains.forget_old(now=clock.now())
