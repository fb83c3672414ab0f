"""Tell a person, once, that something needs looking at; and that it is over.

Mail raises alarms itself, so it lies above: `settings.TELL_OF_ALARMS` names what tells of them.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from openletter.alarms.models import Alarm

log = logging.getLogger(__name__)

MOST_SHOWN = 50
_LONGEST_TEXT = 500


@transaction.atomic
def raise_alarm(kind: str, key: str, text: str, now: datetime) -> bool:
    """Raise an alarm unless it is raised already; False then.

    `text` says what to do. It reaches the log and ALARM_EMAIL, so it may hold no personal data.
    """
    alarm = Alarm(kind=kind, key=key, text=text[:_LONGEST_TEXT], raised_at=now)
    Alarm.objects.bulk_create([alarm], ignore_conflicts=True)
    if not Alarm.objects.filter(kind=kind, key=key, raised_at=now, resolved_at=None).exists():
        return False
    log.critical("alarm %s %s: %s", kind, key, text)
    import_string(settings.TELL_OF_ALARMS)(alarm)
    return True


def resolve(kind: str, key: str, now: datetime) -> bool:
    """Note that what an alarm was about is over; False when none was raised."""
    raised = Alarm.objects.filter(kind=kind, key=key, resolved_at=None)
    return bool(raised.update(resolved_at=now))


def resolve_about(key: str, now: datetime) -> int:
    """Note that all that alarms were raised for about a letter is over; return how many."""
    return Alarm.objects.filter(key=key, resolved_at=None).update(resolved_at=now)


def open_alarms() -> list[Alarm]:
    """Return what nobody has resolved, the oldest first, and no more than a person can read."""
    return list(Alarm.objects.filter(resolved_at=None).order_by("raised_at")[:MOST_SHOWN])
