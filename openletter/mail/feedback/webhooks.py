"""The door for providers' reports. The status says only whether a retry is wanted."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from openletter.lib.db import clock
from openletter.mail.feedback import delivery_events
from openletter.mail.feedback.delivery_events import Report
from openletter.mail.feedback.providers import PROVIDERS
from openletter.mail.feedback.providers.refusals import Malformed, NoCredentials, Refusal
from openletter.mail.feedback.providers.through_anymail import ODD_INPUT

log = logging.getLogger(__name__)
MAX_BODY_BYTES = 1024 * 1024


@csrf_exempt
@require_POST
def webhook(request: HttpRequest, provider: str) -> HttpResponse:
    """Apply what a provider reports: 200 also for what is known or not about a mail of ours.

    4xx for what is not verified or not understood; whatever else breaks is the site's own trouble
    and answered as everywhere, 503 if it passes. Says and logs nothing of what was sent.
    """
    read = PROVIDERS.get(provider)
    if read is None or not settings.WEBHOOK_SECRET:
        return HttpResponse(status=404)
    if _length(request) > MAX_BODY_BYTES:
        return HttpResponse(status=413)
    try:
        reports = _understood(read, request)
        outcomes = [delivery_events.apply(found, now=clock.now()) for found in reports]
    except Refusal as refusal:
        log.warning("webhook %s: %s", provider, type(refusal).__name__)
        response = HttpResponse(status=refusal.status)
        if isinstance(refusal, NoCredentials):
            response.headers["WWW-Authenticate"] = 'Basic realm="WEBHOOK_SECRET"'
        return response
    log.info("webhook %s: %s", provider, ", ".join(outcomes) or "nothing wanted")
    return HttpResponse(status=200)


def _understood(read: Callable[[HttpRequest], list[Report]], request: HttpRequest) -> list[Report]:
    """Read all of a request before anything of it is applied: any field can be something else."""
    try:
        return read(request)
    except ODD_INPUT:
        raise Malformed from None


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return MAX_BODY_BYTES + 1
