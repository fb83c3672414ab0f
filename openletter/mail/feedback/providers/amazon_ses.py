"""Amazon SES through SNS: https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html

Verified by WEBHOOK_SECRET, which SNS sends as user and password, and by SNS_TOPIC_ARN if set. SNS
also signs its messages, which is not looked at: to check a signature, a certificate would have to
be fetched from Amazon while Amazon waits, and whoever knows the secret needs no further proof. But
what names a certificate that lies elsewhere is not from SNS.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from anymail.webhooks.amazon_ses import AmazonSESTrackingWebhookView
from anymail.webhooks.base import AnymailBaseWebhookView
from django.conf import settings
from django.http import HttpRequest

from openletter.mail.feedback import return_path
from openletter.mail.feedback.delivery_events import Kind, Report, kind_of_status
from openletter.mail.feedback.providers.refusals import Malformed, NotVerified, TryAgain
from openletter.mail.feedback.providers.through_anymail import ODD_INPUT, address, events, report

# Not any name at amazonaws.com: sns.s3.amazonaws.com is the bucket of whoever took that name first.
_REGION = r"(?!cn-)[a-z]{2}-(?:[a-z]{2,12}-){1,2}\d{1,2}"
_SNS = re.compile(
    rf"sns\.(?:{_REGION}\.amazonaws\.com|cn-[a-z]{{2,12}}-\d{{1,2}}\.amazonaws\.com\.cn)", re.ASCII
)


class _View(AmazonSESTrackingWebhookView):  # type: ignore[misc]  # anymail is not typed
    """Anymail's view, without boto3: only sending through the API of SES needs that."""

    def __init__(self, **kwargs: Any) -> None:
        self.auto_confirm_enabled = False
        AnymailBaseWebhookView.__init__(self, **kwargs)


def read(request: HttpRequest) -> list[Report]:
    """Return what SES reports; agree to a subscription that somebody with the secret asked for."""
    found = events(_View, request)
    try:
        envelope = json.loads(request.body)
        if settings.SNS_TOPIC_ARN and envelope.get("TopicArn") != settings.SNS_TOPIC_ARN:
            raise NotVerified
        if "SigningCertURL" in envelope and not _is_at_sns(envelope["SigningCertURL"]):
            raise NotVerified
        if envelope["Type"] == "SubscriptionConfirmation":
            _subscribe(envelope["SubscribeURL"], topic=envelope["TopicArn"])
        return [made for event in found if (made := _report(event))]
    except ODD_INPUT:
        raise Malformed from None


def _is_at_sns(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" and _SNS.fullmatch(parts.netloc) is not None


def _subscribe(address: str, *, topic: str) -> None:
    """Agree to be told about this topic, and do nothing else that an address there could mean."""
    asked = dict(parse_qsl(urlsplit(address).query))
    wanted = {"Action": "ConfirmSubscription", "TopicArn": topic}
    if not _is_at_sns(address) or wanted.items() - asked.items():
        raise NotVerified
    try:
        answer = requests.get(address, timeout=5, allow_redirects=False)
    except requests.RequestException:
        raise TryAgain from None
    if answer.status_code != requests.codes.ok:
        raise TryAgain


def _report(event: Any) -> Report | None:
    kind = _kind(event)
    if kind is None:
        return None
    mail = event.esp_event.get("mail", {})
    made = report("amazon_ses", event, kind, message_ids=_message_ids(mail))
    if made.mail_id is None:
        try:
            made = replace(made, mail_id=return_path.read(mail.get("source", "")))
        except return_path.BadReturnPath:
            # SES names its own Message-ID, and ours only if told to include the headers.
            said = None if mail.get("headers") else event.recipient
            made = replace(made, recipient=address(said))
    return made


def _message_ids(mail: dict[str, Any]) -> tuple[object, ...]:
    named = [h["value"] for h in mail.get("headers", ()) if h["name"].lower() == "message-id"]
    return (*named, mail.get("commonHeaders", {}).get("messageId"))


def _kind(event: Any) -> Kind | None:
    said = event.esp_event
    happened = said.get("eventType", said.get("notificationType"))
    if happened == "Complaint":
        return Kind.COMPLAINT
    if happened == "Reject":
        return Kind.WITHHELD
    if happened != "Bounce":
        return None
    if said["bounce"].get("bounceType") != "Permanent":
        return Kind.SOFT_BOUNCE
    if said["bounce"].get("bounceSubType") == "OnAccountSuppressionList":
        return Kind.WITHHELD
    return kind_of_status(str(event.mta_response or "")) or Kind.HARD_BOUNCE
