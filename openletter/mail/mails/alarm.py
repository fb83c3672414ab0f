"""Something needs looking at: the alarms that are open now."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from openletter.lib.http.site import absolute
from openletter.mail.models import Alarm
from openletter.mail.outbox.kinds import Owed

TEMPLATE = "alarm"
LABEL = gettext_lazy("Alarm to the operator")


def context(owed: Owed) -> dict[str, Any] | None:
    """Says what is open when it leaves, not when it was owed: old news helps nobody."""
    alarms = list(Alarm.objects.filter(resolved_at=None).order_by("raised_at"))
    if not alarms:
        return None
    return {"alarms": alarms, "admin_url": absolute(reverse("admin:index"))}
