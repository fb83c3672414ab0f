"""Send what is due: claim a batch, render, send over one connection, record each at once.

A mail is recorded as sent only after the relay took it. When a worker dies in between, its
lease runs out and the mail is sent again; the copy has the same Message-ID, link and code.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F
from django.utils import timezone

from openletter.mail import claims, messages, reports, slowdown, suppression, verdicts
from openletter.mail.models import OutgoingMail
from openletter.mail.verdicts import RelayUnavailable, Verdict

log = logging.getLogger(__name__)

# A task ends by itself well before Celery's soft time limit.
LONGEST_RUN_SECONDS = 20.0
_MOST_CONNECT_ERRORS = 5
_PROBE_EVERY_SECONDS = 30.0


class _Relay:
    """Whether the relay answers at all, as this process knows it."""

    def __init__(self) -> None:
        self.errors = 0
        self.tried_at = 0.0

    def may_try(self) -> bool:
        """After five failures in a row, one probe every thirty seconds is enough."""
        waited = time.monotonic() - self.tried_at
        return self.errors < _MOST_CONNECT_ERRORS or waited >= _PROBE_EVERY_SECONDS

    def connect(self) -> BaseEmailBackend:
        try:
            connection = get_connection()
            connection.open()
        except (*verdicts.FAILURES, ImproperlyConfigured) as problem:
            raise self.failed(problem) from problem
        return connection

    def failed(self, problem: Exception) -> RelayUnavailable:
        """Note that it took nothing, and return what to raise."""
        self.errors += 1
        self.tried_at = time.monotonic()
        return RelayUnavailable(f"the relay takes no mail ({type(problem).__name__})")


relay = _Relay()


def deliver_due(lane: str) -> int:
    """Send what is due in a lane until nothing is left; return how many were handed over."""
    started = time.monotonic()
    sent = 0
    while relay.may_try() and time.monotonic() - started < LONGEST_RUN_SECONDS:
        now = timezone.now()
        batch = claims.claim(lane, now=now)
        if not batch:
            break
        try:
            sent += _Batch(batch, claimed_at=now).deliver()
        except RelayUnavailable as problem:
            log.warning("mail: %s; %d mails of lane %s wait", problem, len(batch), lane)
            break
    return sent


class _Batch:
    """Some claimed mails and the one connection they go over."""

    def __init__(self, mails: list[OutgoingMail], *, claimed_at: datetime) -> None:
        self.mails = mails
        self.claimed_at = claimed_at
        self.untried: set[UUID] = {mail.pk for mail in mails}
        self.met_the_relay = 0
        self.connection: BaseEmailBackend | None = None
        # The last send may take its whole timeout and must still end within the lease.
        longest = timedelta(seconds=2 * settings.EMAIL_TIMEOUT)
        self.must_end = claimed_at + claims.LEASE - longest

    def deliver(self) -> int:
        """Try each mail once and record each at once; return how many were handed over."""
        sent = 0
        stopped = suppression.suppressed_among(self.mails)
        struck = slowdown.struck_domains()
        try:
            for mail in self.mails:
                if timezone.now() > self.must_end:
                    break
                verdict = verdicts.SUPPRESSED if mail.pk in stopped else self._try(mail)
                self.untried.discard(mail.pk)
                record(mail, verdict, now=timezone.now())
                slowdown.learn(mail.recipient_domain, verdict, struck=struck, now=timezone.now())
                if verdict.state == OutgoingMail.State.BOUNCED:
                    reports.refused(mail, blames_address=verdict.blames_address, now=timezone.now())
                sent += verdict.state == OutgoingMail.State.SENT
        finally:
            unspent = len(self.mails) - self.met_the_relay
            if unspent:
                claims.release(self.untried, claimed_at=self.claimed_at, unspent=unspent)
            self._hang_up()
        return sent

    def _try(self, mail: OutgoingMail) -> Verdict:
        try:
            claims.open_recipient(mail)
            message = messages.compose(mail)
        except Exception as problem:  # one broken mail must not stop the others (F24)
            log.exception("mail %s cannot be composed", mail.pk)
            return Verdict(OutgoingMail.State.DUE, f"cannot be composed ({type(problem).__name__})")
        if message is None:
            return verdicts.NOTHING_TO_SAY
        if self.connection is None:
            self.connection = relay.connect()
        try:
            self.connection.send_messages([message])
        except verdicts.FAILURES as problem:
            if verdicts.is_about_the_connection(problem):
                self._hang_up()
            if verdicts.is_about_the_relay(problem):
                raise relay.failed(problem) from problem
            verdict = verdicts.judge(problem)
        else:
            verdict = verdicts.SENT
        relay.errors = 0
        self.met_the_relay += 1
        return verdict

    def _hang_up(self) -> None:
        connection, self.connection = self.connection, None
        if connection is not None:
            connection.close()


def record(mail: OutgoingMail, verdict: Verdict, *, now: datetime) -> None:
    """Write down what became of a mail, unless somebody else already did."""
    changes: dict[str, object] = {
        "state": verdict.state,
        "error": verdict.error,
        "lease_until": None,
        "attempts": F("attempts") + 1,
    }
    if verdict.state == OutgoingMail.State.SENT:
        changes["sent_at"] = now
    if verdict.state == OutgoingMail.State.DUE:
        wait = verdicts.wait_after(mail.attempts + 1)
        if wait is None:
            changes["state"] = OutgoingMail.State.PARKED
        else:
            changes["due_at"] = now + wait
    OutgoingMail.objects.filter(pk=mail.pk, state=OutgoingMail.State.DUE).update(**changes)
