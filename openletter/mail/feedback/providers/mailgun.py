"""Mailgun: https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/

Signs the time and a token, but not the report itself: so the secret in the address counts as well.
"""

from __future__ import annotations

from typing import Any

from anymail.webhooks.mailgun import MailgunTrackingWebhookView
from django.http import HttpRequest

from openletter.mail.feedback.delivery_events import Kind, Report, kind_of_status
from openletter.mail.feedback.providers.through_anymail import events, report

_REASONS = {
    "suppress-bounce": Kind.WITHHELD,
    "suppress-complaint": Kind.WITHHELD,
    "suppress-unsubscribe": Kind.WITHHELD,
    "old": Kind.SOFT_BOUNCE,  # given up after hours of trying
}


def read(request: HttpRequest) -> list[Report]:
    """Return what Mailgun reports."""
    found = []
    for event in events(MailgunTrackingWebhookView, request):
        kind = _kind(event.esp_event.get("event-data", {}))
        if kind:
            found.append(report("mailgun", event, kind))
    return found


def _kind(said: dict[str, Any]) -> Kind | None:
    if said.get("event") == "complained":
        return Kind.COMPLAINT
    if said.get("event") == "rejected":
        return Kind.WITHHELD
    if said.get("event") != "failed":
        return None
    if said.get("severity") != "permanent":
        return Kind.SOFT_BOUNCE
    reason = _REASONS.get(said.get("reason", ""))
    status = said.get("delivery-status") or {}
    answer = f"{status.get('enhanced-code', '')} {status.get('message', '')}"
    return reason or kind_of_status(answer) or Kind.HARD_BOUNCE
