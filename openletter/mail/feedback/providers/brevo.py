"""Brevo: https://developers.brevo.com/docs/transactional-webhooks"""

from __future__ import annotations

from anymail.webhooks.brevo import BrevoTrackingWebhookView
from django.http import HttpRequest

from openletter.mail.feedback.delivery_events import Kind, Report, kind_of_status
from openletter.mail.feedback.providers.through_anymail import events, report

_KINDS = {
    "hard_bounce": Kind.HARD_BOUNCE,
    "invalid_email": Kind.HARD_BOUNCE,
    "soft_bounce": Kind.SOFT_BOUNCE,
    "deferred": Kind.SOFT_BOUNCE,
    "blocked": Kind.WITHHELD,
    "spam": Kind.COMPLAINT,
    "complaint": Kind.COMPLAINT,
}


def read(request: HttpRequest) -> list[Report]:
    """Return what Brevo reports."""
    found = []
    for event in events(BrevoTrackingWebhookView, request):
        kind = _KINDS.get(event.esp_event.get("event"))
        if kind == Kind.HARD_BOUNCE:
            kind = kind_of_status(str(event.mta_response or "")) or kind
        if kind:
            found.append(report("brevo", event, kind))
    return found
