"""Something needs looking at: the alarms that are open now."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy

from openletter.alarms.models import Alarm
from openletter.lib.http.site import absolute
from openletter.lib.ids import uuid7
from openletter.lib.people.addresses import Recipient
from openletter.mail import outbox
from openletter.mail.outbox.kinds import Owed

TEMPLATE = "alarm"
LABEL = gettext_lazy("Alarm to the operator")


def context(owed: Owed) -> dict[str, Any] | None:
    """Says what is open when it leaves, not when it was owed: old news helps nobody."""
    alarms = list(Alarm.objects.filter(resolved_at=None).order_by("raised_at"))
    if not alarms:
        return None
    return {"alarms": alarms, "admin_url": absolute(reverse("admin:index"))}


def enqueue(alarm: Alarm) -> None:
    """Owe the operator a mail about an alarm that was just raised, if an address is set."""
    if settings.ALARM_EMAIL:
        which = f"{alarm.kind}:{alarm.key}"
        outbox.enqueue(
            "mail.alarm",
            dedupe_key=f"mail.alarm:{which}:{alarm.raised_at.timestamp():.0f}"[:150],
            recipient=Recipient.of(settings.ALARM_EMAIL),
            language=settings.LANGUAGE_CODE,
            about=uuid7(),
            topic=f"alarm:{which}"[:60],
            now=alarm.raised_at,
        )
