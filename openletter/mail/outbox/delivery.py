"""Send what is due: claim a batch, render, send over one connection, record each at once.

A mail is recorded as sent only after the relay took it. When a worker dies in between, its
lease runs out and the mail is sent again; the copy has the same Message-ID, link and code.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime
from uuid import UUID

from celery.exceptions import SoftTimeLimitExceeded
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from openletter.lib.db import clock
from openletter.lib.db.statements import row_of
from openletter.lib.work.backoff import Backoff
from openletter.mail.feedback import delivery_events
from openletter.mail.limits import domain_backoff, recipient_limits, streams
from openletter.mail.models import OutgoingMail
from openletter.mail.outbox import claims, messages, suppression
from openletter.mail.transport import smtp_replies
from openletter.mail.transport.circuit_breaker import Relay
from openletter.mail.transport.smtp_replies import RelayUnavailable, Verdict

log = logging.getLogger(__name__)

# No mail is begun later, so that one that a slow relay drags out still ends before Celery's soft
# time limit, which is well before its lease does.
LONGEST_RUN_SECONDS = 20.0
RETRY = Backoff(minutes=(1, 2, 5, 15, 60, 240), most_tries=8)  # then a mail is parked

relay = Relay()

# Not `state = 'due'`: before the next ANALYZE of a queue that has just grown PostgreSQL would take
# the index of due mails, which it believes to be nearly empty, and read all of it for each mail.
_RECORD = """
UPDATE mail_outgoingmail SET
    state = %(state)s, error = %(error)s, lease_until = NULL, tried_at = %(now)s,
    attempts = attempts + 1,
    recipient = CASE WHEN %(forgets)s::boolean THEN '' ELSE recipient END,
    recipient_domain = CASE WHEN %(forgets)s::boolean THEN '' ELSE recipient_domain END,
    sent_at = COALESCE(%(sent_at)s, sent_at), due_at = COALESCE(%(due_at)s, due_at)
WHERE id = %(id)s AND state || '' = 'due' RETURNING id
"""


def deliver_due(lane: str) -> int:
    """Send what is due in a lane until nothing is left; return how many were handed over."""
    ends = time.monotonic() + LONGEST_RUN_SECONDS
    sent = 0
    while relay.may_try() and time.monotonic() < ends:
        mails = claims.claim(lane)
        if not mails:
            break
        batch = _Batch(mails, ends=ends)
        try:
            batch.deliver()
        except RelayUnavailable as problem:
            log.warning("mail: %s; %d mails of lane %s wait", problem, len(mails), lane)
            break
        except SoftTimeLimitExceeded:
            log.warning("mail: the relay is too slow; lane %s goes on with the next task", lane)
            break
        finally:
            sent += batch.sent
    return sent


class _Batch:
    """Some claimed mails and the one connection they go over."""

    def __init__(self, mails: list[OutgoingMail], *, ends: float) -> None:
        self.mails = mails
        self.sent = 0
        self._claimed_at = claims.claimed_at(mails[0])
        self._ends = ends
        self._untried: set[OutgoingMail] = set(mails)
        self._met_the_relay = 0
        self._connection: BaseEmailBackend | None = None
        self._domains = domain_backoff.Domains([mail.recipient_domain for mail in mails])

    def deliver(self) -> None:
        """Try each mail once and record each at once.

        Raises `RelayUnavailable`, and passes on `SoftTimeLimitExceeded`.
        """
        try:
            stopped = suppression.suppressed_among(self.mails)
            early = self._put_off_early()
            for mail in self.mails:
                if time.monotonic() > self._ends or not relay.may_try():
                    break
                if mail.pk in early or self._domains.rests(mail.recipient_domain):
                    continue
                self._record(
                    mail, smtp_replies.SUPPRESSED if mail.pk in stopped else self._try(mail)
                )
        finally:
            unspent = len(self.mails) - self._met_the_relay
            if unspent:
                claims.release(self._untried, claimed_at=self._claimed_at, unspent=unspent)
            self._hang_up()

    def _put_off_early(self) -> set[UUID]:
        """Let mails wait that would come too soon, to their address or to a domain that rests."""
        now = clock.now()
        early = recipient_limits.too_soon(self.mails, now=now)
        resting = self._domains.resting(now)
        early |= {
            mail.pk: resting[mail.recipient_domain]
            for mail in self.mails
            if mail.recipient_domain in resting
        }
        for until in set(early.values()):
            claims.put_off([key for key, at in early.items() if at == until], until=until)
        for domain, until in resting.items():
            self._put_off_behind(domain, until, now)
        return set(early)

    def _put_off_behind(self, domain: str, until: datetime, now: datetime) -> None:
        """Let mails to a domain that rests wait before they are claimed fifty at a time."""
        ours = [mail for mail in self.mails if mail.recipient_domain == domain]
        if ours:
            chosen = {streams.Stream.of_mail(mail) for mail in ours}
            streams.put_off(domain, ours[0].lane, chosen, now=now, until=until)

    def _record(self, mail: OutgoingMail, verdict: Verdict) -> None:
        now = clock.now()
        self._untried.discard(mail)
        record(mail, verdict, now=now)
        self._domains.learn(mail.recipient_domain, verdict, now=now)
        if verdict.state == OutgoingMail.State.BOUNCED:
            delivery_events.refused(mail, blames_address=verdict.blames_address, now=now)
        self.sent += verdict.state == OutgoingMail.State.SENT

    def _try(self, mail: OutgoingMail) -> Verdict:
        try:
            claims.open_recipient(mail)
            message = messages.compose(mail)
        except SoftTimeLimitExceeded:  # not the fault of this mail
            raise
        except Exception as problem:  # one broken mail must not stop the others (F24)
            log.exception("mail %s cannot be composed", mail.pk)
            return Verdict(OutgoingMail.State.DUE, f"cannot be composed ({type(problem).__name__})")
        if message is None:
            return smtp_replies.NOTHING_TO_SAY
        self._untried.discard(mail)  # whatever interrupts us from here on, it may have left
        try:
            return self._hand_over(message)
        except RelayUnavailable as problem:
            self._untried.add(mail)
            claims.note(mail, problem, now=clock.now())
            raise
        except SoftTimeLimitExceeded:
            self._met_the_relay += 1
            relay.failed()
            self._record(mail, smtp_replies.TOO_SLOW)  # it may have been taken: that was a try
            raise

    def _hand_over(self, message: EmailMessage) -> Verdict:
        if self._connection is None:
            self._connection = relay.connect()
        try:
            self._connection.send_messages([message])
        except smtp_replies.FAILURES as problem:
            return self._judge(problem)
        self._met_the_relay += 1
        relay.answered()
        return smtp_replies.SENT

    def _judge(self, problem: Exception) -> Verdict:
        broke = smtp_replies.is_about_the_connection(problem)
        if broke:
            self._hang_up()
        try:
            verdict = smtp_replies.judge(problem)
        except RelayUnavailable as unavailable:
            relay.failed()
            raise unavailable from problem
        self._met_the_relay += 1
        # It may have taken the mail and said nothing, so this costs a try; but a relay that does so
        # again and again must not take one from every mail.
        if broke and not verdict.slow_domain:
            relay.failed()
        else:
            relay.answered()
        return verdict

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def record(mail: OutgoingMail, verdict: Verdict, *, now: datetime) -> None:
    """Write down what became of a mail, unless somebody else already did."""
    state, due_at = verdict.state, None
    if state == OutgoingMail.State.DUE:
        wait = RETRY.after(mail.attempts + 1)
        if wait is None:
            state = OutgoingMail.State.PARKED
        else:
            due_at = now + wait
    changes = {
        "id": mail.pk,
        "state": str(state),
        "error": verdict.error,
        "now": now,
        "sent_at": now if state == OutgoingMail.State.SENT else None,
        "due_at": due_at,
        "forgets": verdict.forgets_address,
    }
    row_of(_RECORD, changes)
