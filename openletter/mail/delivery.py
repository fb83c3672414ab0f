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
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F
from django.utils import timezone

from openletter.mail import claims, messages, reports, slowdown, suppression, verdicts
from openletter.mail.models import OutgoingMail
from openletter.mail.relay import Relay
from openletter.mail.verdicts import RelayUnavailable, Verdict

log = logging.getLogger(__name__)

# A task ends by itself well before Celery's soft time limit.
LONGEST_RUN_SECONDS = 20.0

relay = Relay()


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
        """Try each mail once and record each at once; return how many were handed over.

        Raises `RelayUnavailable`.
        """
        sent = 0
        stopped = suppression.suppressed_among(self.mails)
        domains = slowdown.Domains()
        try:
            for mail in self.mails:
                if timezone.now() > self.must_end or not relay.may_try():
                    break
                if domains.rests(mail.recipient_domain):
                    continue
                verdict = verdicts.SUPPRESSED if mail.pk in stopped else self._try(mail)
                self.untried.discard(mail.pk)
                record(mail, verdict, now=timezone.now())
                domains.learn(mail.recipient_domain, verdict, now=timezone.now())
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
        try:
            return self._hand_over(message)
        except RelayUnavailable as problem:
            claims.note(mail, problem, now=timezone.now())
            raise

    def _hand_over(self, message: EmailMessage) -> Verdict:
        if self.connection is None:
            self.connection = relay.connect()
        try:
            self.connection.send_messages([message])
        except verdicts.FAILURES as problem:
            return self._judge(problem)
        self.met_the_relay += 1
        relay.answered()
        return verdicts.SENT

    def _judge(self, problem: Exception) -> Verdict:
        broke = verdicts.is_about_the_connection(problem)
        if broke:
            self._hang_up()
        try:
            verdict = verdicts.judge(problem)
        except RelayUnavailable as unavailable:
            relay.failed()
            raise unavailable from problem
        self.met_the_relay += 1
        # It may have taken the mail and said nothing, so this costs a try; but a relay that does so
        # again and again must not take one from every mail.
        if broke and not verdict.slow_domain:
            relay.failed()
        else:
            relay.answered()
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
        "tried_at": now,
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
