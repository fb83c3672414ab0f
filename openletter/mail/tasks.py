"""Celery's doors into the outbox; beat knocks once a second."""

from __future__ import annotations

from celery import shared_task

from openletter.lib import heartbeat
from openletter.mail import delivery


@shared_task
def deliver_due(*, lane: str) -> None:
    heartbeat.beat(f"mail.{lane}")
    delivery.deliver_due(lane)
