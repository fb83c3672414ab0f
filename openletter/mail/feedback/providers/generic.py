"""A signed report in our own words, for relays that have no webhooks of their own.

The body is JSON: {"event_id": "…", "kind": "hard_bounce", "mail": "<Message-ID>", "at": "…"}; the
header X-Openletter-Signature is "t=<seconds>,v1=<hex>", an HMAC-SHA256 with WEBHOOK_SECRET over
the seconds, a full stop and the body. See docs/mail.md.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from openletter.mail.feedback.delivery_events import Kind, Report
from openletter.mail.feedback.providers.refusals import Malformed, NotVerified
from openletter.mail.feedback.providers.through_anymail import ODD_INPUT, mail_of_message_id

TOLERANCE_SECONDS = 300
_HEADER = re.compile(r"t=([0-9]{1,12}),v1=[0-9a-f]{64}")


def signature(secret: str, seconds: int, body: bytes) -> str:
    """Return what the header must say at that time for that body."""
    digest = hmac.digest(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256)
    return f"t={seconds},v1={digest.hex()}"


def read(request: HttpRequest) -> list[Report]:
    """Return the report; a kind that changes nothing here, like "delivered", gives none."""
    given = _HEADER.fullmatch(request.headers.get("X-Openletter-Signature", ""))
    if not given:
        raise NotVerified
    expected = signature(settings.WEBHOOK_SECRET, int(given[1]), request.body)
    if not hmac.compare_digest(given[0], expected):
        raise NotVerified
    if abs(time.time() - int(given[1])) > TOLERANCE_SECONDS:
        raise NotVerified
    try:
        return _reports(json.loads(request.body))
    except ODD_INPUT:
        raise Malformed from None


def _reports(said: dict[str, object]) -> list[Report]:
    kind = next((kind for kind in Kind if kind == said["kind"]), None)
    if kind is None:
        return []
    at = parse_datetime(str(said["at"]))
    if at is None or timezone.is_naive(at):
        raise Malformed
    # An id may not hold an address: it is kept.
    if not re.fullmatch(r"[\w.:-]{1,200}", str(said["event_id"]), re.ASCII):
        raise Malformed
    mail = mail_of_message_id(said["mail"]) or UUID(str(said["mail"]))
    return [Report("generic", str(said["event_id"]), kind, mail_id=mail, at=at)]
