"""Send what is due: claim a batch, render, send over one connection, record each at once.

A mail is recorded as sent only after the relay took it. When a worker dies in between, its
lease runs out and the mail is sent again; the copy has the same Message-ID, link and code.
"""

from __future__ import annotations

import hashlib
import logging
import smtplib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import models, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from openletter.lib.site import absolute
from openletter.mail.kinds import kind_named
from openletter.mail.models import OutgoingMail

log = logging.getLogger(__name__)

BATCH_SIZE = 50
LEASE = timedelta(seconds=60)
# A task ends by itself well before Celery's soft time limit.
LONGEST_RUN_SECONDS = 20.0
# After the first, second, … failure of a mail; the last one parks it.
RETRY_MINUTES = (1, 2, 5, 15, 60, 240, 240)


class RelayUnavailable(Exception):
    """The relay cannot be reached now; nothing is wrong with the mail in hand."""


@dataclass(frozen=True)
class Outcome:
    """What became of one attempt."""

    state: OutgoingMail.State
    error: str = ""


def deliver_due(lane: str) -> int:
    """Send what is due in a lane until nothing is left; return how many were handed over."""
    started = time.monotonic()
    sent = 0
    while time.monotonic() - started < LONGEST_RUN_SECONDS:
        batch = claim(lane, now=timezone.now())
        if not batch:
            break
        try:
            sent += _deliver_batch(batch)
        except RelayUnavailable as problem:
            log.warning("mail: %s; %d mails wait in lane %s", problem, len(batch), lane)
            break
    return sent


def claim(lane: str, *, now: datetime) -> list[OutgoingMail]:
    """Take up to `BATCH_SIZE` due mails for 60 seconds; nobody else gets them meanwhile."""
    with transaction.atomic():
        batch = list(
            OutgoingMail.objects.due(lane, now)
            # Decrypted one at a time, so that an address that cannot be fails alone.
            .defer("recipient")
            .order_by("due_at", "pk")
            .select_for_update(skip_locked=True)[:BATCH_SIZE]
        )
        claimed = OutgoingMail.objects.filter(pk__in=[mail.pk for mail in batch])
        if batch:
            claimed.update(lease_until=now + LEASE)
    return batch


def _deliver_batch(batch: list[OutgoingMail]) -> int:
    sent = 0
    waiting = {mail.pk for mail in batch}
    # The last send may take its whole timeout and must still end within the lease.
    must_end = timezone.now() + LEASE - timedelta(seconds=2 * settings.EMAIL_TIMEOUT)
    try:
        with _connection() as connection:
            for mail in batch:
                if timezone.now() > must_end:
                    break
                try:
                    outcome = _attempt(mail, connection)
                except RelayUnavailable as problem:
                    # This mail may be what the relay chokes on: let the others go first.
                    waiting.discard(mail.pk)
                    record(mail, Outcome(OutgoingMail.State.DUE, str(problem)), now=timezone.now())
                    raise
                waiting.discard(mail.pk)
                record(mail, outcome, now=timezone.now())
                sent += outcome.state == OutgoingMail.State.SENT
    finally:
        # Whatever was not tried is due again at once, for any worker.
        OutgoingMail.objects.filter(pk__in=waiting, state=OutgoingMail.State.DUE).update(
            lease_until=None
        )
    return sent


@contextmanager
def _connection() -> Iterator[BaseEmailBackend]:
    connection = get_connection()
    try:
        try:
            connection.open()
        except (OSError, smtplib.SMTPException) as problem:
            raise RelayUnavailable(
                f"no connection to the relay ({type(problem).__name__})"
            ) from problem
        yield connection
    finally:
        connection.close()


def _attempt(mail: OutgoingMail, connection: BaseEmailBackend) -> Outcome:
    try:
        message = compose(mail)
    except Exception as problem:
        log.exception("mail %s cannot be composed", mail.pk)
        return Outcome(OutgoingMail.State.DUE, f"cannot be composed ({type(problem).__name__})")
    if message is None:
        return Outcome(OutgoingMail.State.DROPPED)
    try:
        connection.send_messages([message])
    except smtplib.SMTPServerDisconnected as problem:
        raise RelayUnavailable("the relay closed the connection") from problem
    except smtplib.SMTPException as problem:
        return judge(problem)
    except OSError as problem:
        raise RelayUnavailable(f"the connection broke ({type(problem).__name__})") from problem
    return Outcome(OutgoingMail.State.SENT)


def judge(problem: smtplib.SMTPException) -> Outcome:
    """Tell a refusal for good (5xx) from one that may pass (4xx, or no code at all)."""
    code = 0
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        code = next(iter(problem.recipients.values()))[0]
    elif isinstance(problem, smtplib.SMTPResponseException):
        code = problem.smtp_code
    state = OutgoingMail.State.BOUNCED if 500 <= code < 600 else OutgoingMail.State.DUE
    # The relay's words may repeat the address; the code says enough.
    return Outcome(state, f"{type(problem).__name__} {code}")


def compose(mail: OutgoingMail) -> EmailMultiAlternatives | None:
    """Make the message of a mail, the same for every copy; None when nothing is left to say."""
    kind = kind_named(mail.kind)
    with translation.override(mail.language):
        context = kind.context(mail.about)
        if context is None:
            return None
        context |= {"site_name": settings.SITE_NAME, "site_url": absolute(reverse("pages:home"))}
        folder = f"emails/{kind.TEMPLATE}"
        subject = " ".join(render_to_string(f"{folder}/subject.txt", context).split())
        message = EmailMultiAlternatives(
            subject,
            render_to_string(f"{folder}/body.txt", context).strip() + "\n",
            to=[mail.recipient],
            headers={
                "Message-ID": message_id(mail),
                "Auto-Submitted": "auto-generated",
                "Content-Language": mail.language,
            },
        )
        message.attach_alternative(render_to_string(f"{folder}/body.html", context), "text/html")
    return message


def message_id(mail: OutgoingMail) -> str:
    """Return the same Message-ID for every copy, so that mail programs fold copies into one."""
    digest = hashlib.sha256(f"{settings.SECRET_KEY}\0{mail.dedupe_key}".encode()).hexdigest()
    return f"<{digest[:32]}@{settings.MAIL_DOMAIN}>"


def record(mail: OutgoingMail, outcome: Outcome, *, now: datetime) -> None:
    """Write down what became of a mail, unless somebody else already did."""
    changes: dict[str, object] = {
        "state": outcome.state,
        "error": outcome.error,
        "lease_until": None,
        "attempts": models.F("attempts") + 1,
    }
    if outcome.state == OutgoingMail.State.SENT:
        changes["sent_at"] = now
    if outcome.state == OutgoingMail.State.DUE:
        if mail.attempts >= len(RETRY_MINUTES):
            changes["state"] = OutgoingMail.State.PARKED
        else:
            changes["due_at"] = now + timedelta(minutes=RETRY_MINUTES[mail.attempts])
    OutgoingMail.objects.filter(pk=mail.pk, state=OutgoingMail.State.DUE).update(**changes)
