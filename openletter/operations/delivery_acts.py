"""What staff do on the delivery page: each act in one transaction, and on record."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from openletter.alarms import flows as alarms
from openletter.alarms.models import Alarm
from openletter.mail.limits import throttles
from openletter.mail.models import OutgoingMail, Throttle
from openletter.mail.monitoring import self_test
from openletter.mail.outbox import dead_letters
from openletter.moderation import audit


class TooLate(Exception):
    """Somebody else has done it, or it is over."""


@transaction.atomic
def let_go_on(*, key: str, actor_id: int, reason: str, now: datetime) -> None:
    """Let the mails of a letter go on, and call off what was said about them."""
    throttle = Throttle.objects.select_for_update().filter(key=key).first()
    if throttle is None:
        raise TooLate
    throttles.release(key)
    resolved = alarms.resolve_about(key, now)
    audit.record(
        actor_id=actor_id,
        action="let mails go on",
        object_kind="throttle",
        object_id=key,
        reason=reason,
        now=now,
        before={
            "paused": throttle.paused,
            "per_minute": throttle.per_minute,
            "cause": throttle.cause,
        },
        after={"alarms_resolved": resolved},
    )


@transaction.atomic
def try_again(*, mail_id: UUID, actor_id: int, now: datetime) -> None:
    """Owe one dead letter afresh."""
    if not dead_letters.try_again([mail_id], now=now):
        raise TooLate
    _record_retry(str(mail_id), 1, actor_id, "", now)


@transaction.atomic
def try_all_again(*, actor_id: int, reason: str, now: datetime) -> int:
    """Owe the dead letters afresh; return how many."""
    number = dead_letters.try_all_again(now=now)
    if not number:
        raise TooLate
    _record_retry("all", number, actor_id, reason, now)
    return number


def _record_retry(what: str, number: int, actor_id: int, reason: str, now: datetime) -> None:
    audit.record(
        actor_id=actor_id,
        action="try mail again",
        object_kind="mail",
        object_id=what,
        reason=reason,
        now=now,
        before={"state": OutgoingMail.State.PARKED.value},
        after={"state": OutgoingMail.State.DUE.value, "number": number},
    )


@transaction.atomic
def resolve(*, alarm_id: int, actor_id: int, now: datetime) -> None:
    """Call an alarm off; it is raised again if what it is about goes on."""
    alarm = Alarm.objects.filter(pk=alarm_id).first()
    if alarm is None or not alarms.resolve(alarm.kind, alarm.key, now):
        raise TooLate
    audit.record(
        actor_id=actor_id,
        action="resolve alarm",
        object_kind="alarm",
        object_id=alarm_id,
        reason="",
        now=now,
        before={"kind": alarm.kind, "key": alarm.key},
    )


@transaction.atomic
def send_test_mail(*, address: str, language: str, actor_id: int, now: datetime) -> None:
    """Owe a test mail to the one who asks."""
    if not self_test.send(address, language=language, now=now):
        raise TooLate
    audit.record(
        actor_id=actor_id,
        action="send test mail",
        object_kind="mail",
        object_id="self-test",
        reason="",
        now=now,
    )
