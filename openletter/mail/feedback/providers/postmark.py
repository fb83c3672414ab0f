"""Postmark: https://postmarkapp.com/developer/webhooks/bounce-webhook"""

from __future__ import annotations

from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from django.http import HttpRequest

from openletter.mail.feedback.delivery_events import Kind, Report
from openletter.mail.feedback.providers.through_anymail import events, report

_KINDS = {
    "HardBounce": Kind.HARD_BOUNCE,
    "BadEmailAddress": Kind.HARD_BOUNCE,
    "Transient": Kind.SOFT_BOUNCE,
    "SoftBounce": Kind.SOFT_BOUNCE,
    "DnsError": Kind.SOFT_BOUNCE,
    "Blocked": Kind.REFUSED,
    "SpamNotification": Kind.REFUSED,  # a filter took it for spam, not a person
    "VirusNotification": Kind.REFUSED,
    "DMARCPolicy": Kind.REFUSED,
    "ManuallyDeactivated": Kind.WITHHELD,
    "SpamComplaint": Kind.COMPLAINT,
}


def read(request: HttpRequest) -> list[Report]:
    """Return what Postmark reports; sent over its SMTP, it tells only the recipient."""
    return [
        report("postmark", event, _KINDS[event.esp_event["Type"]], recipient=event.recipient)
        for event in events(PostmarkTrackingWebhookView, request)
        if event.esp_event.get("Type") in _KINDS
    ]
