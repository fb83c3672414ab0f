"""Let django-anymail verify and read a provider's request, and translate what it found."""

from __future__ import annotations

import hashlib
import re
from typing import Any
from uuid import UUID

from anymail.exceptions import AnymailError, AnymailWebhookValidationFailure
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from django.http import HttpRequest
from django.utils import timezone

from openletter.mail.feedback.delivery_events import Kind, Report
from openletter.mail.feedback.providers.refusals import (
    Malformed,
    NoCredentials,
    NotConfigured,
    NotVerified,
)

# What reading raises when somebody sends something else. What it says may repeat the request, so
# none of it is passed on.
ODD_INPUT = (
    ArithmeticError,
    AnymailError,
    AttributeError,
    ImproperlyConfigured,  # anymail says so when another kind of webhook is sent here
    LookupError,
    RecursionError,
    SuspiciousOperation,
    TypeError,
    ValueError,
)
# Kept, so it may hold no address.
_EVENT_ID = r"[A-Za-z0-9_.:-]{1,200}"


def events(view_class: Any, request: HttpRequest) -> list[Any]:
    """Return anymail's tracking events of a request, after its view has verified it.

    Every provider has to know WEBHOOK_SECRET; some prove themselves by a signature as well.
    """
    try:
        view = view_class(webhook_secret=settings.WEBHOOK_SECRET)
    except ImproperlyConfigured:
        raise NotConfigured from None
    if "Authorization" not in request.headers:
        raise NoCredentials
    try:
        view.run_validators(request)
    except AnymailWebhookValidationFailure:
        raise NotVerified from None
    except ODD_INPUT:
        raise Malformed from None
    try:
        return list(view.parse_events(request))
    except ODD_INPUT:
        raise Malformed from None


def report(
    provider: str,
    event: Any,
    kind: Kind,
    *,
    message_ids: tuple[object, ...] = (),
    recipient: object = "",
) -> Report:
    """Return our report of an event; `recipient` only counts when no mail of ours is named.

    Raises one of `ODD_INPUT` where a field is something else than the provider sends.
    """
    at = event.timestamp
    if at is not None and timezone.is_naive(at):
        at = timezone.make_aware(at)
    return Report(
        provider=provider,
        event_id=_event_id(event),
        kind=kind,
        mail_id=_mail_named(event.metadata, (event.message_id, *message_ids)),
        recipient=address(recipient),
        at=at,
    )


def address(said: object) -> str:
    """Return what stands where an address belongs, as long as it can be looked up."""
    if not isinstance(said, str | None):
        raise Malformed
    (said or "").encode()  # half a character is none
    return said or ""


def mail_of_message_id(text: object) -> UUID | None:
    """Return the mail whose Message-ID this is (messages.message_id), or None."""
    domain = re.escape(settings.MAIL_DOMAIN)
    found = re.fullmatch(rf"<?([0-9a-f]{{32}})@{domain}>?", str(text or "").strip())
    return UUID(found[1]) if found else None


def _event_id(event: Any) -> str:
    """Return the provider's own id, or one that follows from what happened when to which mail."""
    if event.event_id and re.fullmatch(_EVENT_ID, str(event.event_id)):
        return str(event.event_id)
    what = (event.event_id, event.event_type, event.message_id, event.timestamp, event.recipient)
    return hashlib.sha256(repr(what).encode()).hexdigest()


def _mail_named(metadata: object, message_ids: tuple[object, ...]) -> UUID | None:
    if isinstance(metadata, dict):
        try:
            return UUID(str(metadata.get("mail", "")))
        except ValueError:
            pass  # sent by other means than our own API call
    return next(filter(None, map(mail_of_message_id, message_ids)), None)
