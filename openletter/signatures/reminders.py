"""Remind those who have not confirmed, after a day.

If the letter says so, those once more who opened the page to confirm and did not press its button.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import Case, Exists, F, OuterRef, QuerySet, Value, When

from openletter.letters.models import Letter
from openletter.lib.db.address_locks import lock_address
from openletter.lib.people.addresses import mailbox_key
from openletter.mail.models import Lane
from openletter.mail.outbox import wait_estimate
from openletter.signatures import judgement, signing
from openletter.signatures.models import Signature

FIRST_AFTER = timedelta(hours=24)
SECOND_AFTER = timedelta(days=4)
SLICE = 500
# A task ends by itself well before Celery's soft time limit. At three milliseconds for each, and a
# task a minute, a million people are reminded in three hours.
LONGEST_RUN_SECONDS = 20.0
_LATE = timedelta(seconds=30)


def remind(*, now: datetime, seconds: float = LONGEST_RUN_SECONDS) -> int:
    """Owe the reminders that have come due, as far as the time reaches; return how many.

    In slices of one letter after another, so that no crowd keeps the others waiting. While mails
    that somebody waits for leave late, none is owed: it would stand before whoever signs now.
    """
    until = time.monotonic() + seconds
    queues: list[_Queue] = [_First(letter) for letter in Letter.objects.open(now)]
    queues += [_Second(one.letter) for one in queues if one.letter.second_reminder]
    reminded = 0
    while (
        queues
        and time.monotonic() < until
        and wait_estimate.lateness(Lane.CONFIRM, now=now) <= _LATE
    ):
        queue = queues.pop(0)
        reminded += queue.remind_next(now=now)
        if queue.has_more:
            queues.append(queue)
    return reminded


class _Queue:
    """The attempts of a letter that had so many reminders, from the oldest on."""

    KIND: ClassVar[str]
    _REMINDERS: ClassVar[int]
    _AFTER: ClassVar[timedelta]

    def __init__(self, letter: Letter) -> None:
        self.letter = letter
        self.has_more = True
        self._attempts = Signature.objects.filter(
            letter=letter, state=Signature.State.PENDING, reminders=self._REMINDERS
        ).order_by("asked_at")
        self._reached: datetime | None = None

    def remind_next(self, *, now: datetime) -> int:
        """Owe the reminders of a slice; return how many.

        Of several attempts of an address only the newest is one to remind of (T52), and not each
        gets every mail. The others have had their turn as well, or each run would read them again
        for as long as their links last.
        """
        slice_ = self._next(now=now)
        self.has_more = len(slice_) == SLICE
        if slice_:
            self._reached = slice_[-1].asked_at
        reminded, passed_over = 0, []
        for attempt in slice_:
            if attempt.has_newer or not self._wants(attempt):  # type: ignore[attr-defined]
                passed_over.append(attempt)
                continue
            attempt.letter = self.letter
            reminded += bool(_remind(attempt, self.KIND, now=now))
        _pass_over(passed_over)
        return reminded

    @staticmethod
    def _wants(_attempt: Signature) -> bool:
        return True

    def _next(self, *, now: datetime) -> list[Signature]:
        newer = _waiting(OuterRef("letter"), OuterRef("email_key"), since=OuterRef("asked_at"))
        # Later the link would not work.
        since = self._reached or now - judgement.LINK_LASTS
        due = self._attempts.filter(asked_at__gt=since, asked_at__lte=now - self._AFTER)
        return list(due.annotate(has_newer=Exists(newer))[:SLICE])


class _First(_Queue):
    KIND = "signatures.reminder"
    _REMINDERS, _AFTER = 0, FIRST_AFTER


class _Second(_Queue):
    """For those who opened the page; whoever did not has had two mails in vain."""

    KIND = "signatures.one_more_click"
    _REMINDERS, _AFTER = 1, SECOND_AFTER

    @staticmethod
    def _wants(attempt: Signature) -> bool:
        return attempt.page_opened


def _waiting(letter: Any, email_key: Any, *, since: Any) -> QuerySet[Signature]:
    """Return what waits of an address and was asked for since then.

    By the index of addresses: what waits has one as well, of which PostgreSQL would read all for
    each row until its next ANALYZE. Within a CASE it does not see that it could.
    """
    return Signature.objects.filter(
        Case(When(state=Signature.State.PENDING, then=Value(True)), default=Value(False)),
        letter=letter,
        email_key=email_key,
        asked_at__gt=since,
    )


@transaction.atomic
def _remind(attempt: Signature, kind: str, *, now: datetime) -> bool:
    """Owe one reminder; False when nobody is to be reminded of this attempt any more.

    Another worker may have done it, or another mail may have been asked for, since the slice was
    read: the guarded count and the look for a newer attempt come after the lock.
    """
    lock_address(bytes(attempt.email_key), mailbox_key(attempt.email))
    unreminded = Signature.objects.filter(
        pk=attempt.pk,
        state=Signature.State.PENDING,
        reminders=attempt.reminders,
        asked_at=attempt.asked_at,
    )
    if not unreminded.update(reminders=attempt.reminders + 1):
        return False
    if _waiting(attempt.letter_id, attempt.email_key, since=attempt.asked_at).exists():
        return False  # it had its turn, as those that were passed over
    return signing.enqueue_mail(
        attempt, kind, about=attempt.public_id, now=now, copy=attempt.reminders
    )


@transaction.atomic
def _pass_over(attempts: list[Signature]) -> None:
    """Count a turn of attempts that others replaced, unless a mail was asked for meanwhile.

    What somebody else has in hand is left for the next run, so that nobody waits for anybody here.
    They are found by their keys alone: an index of what waits may seem nearly empty to PostgreSQL.
    """
    if not attempts:
        return
    rows = Signature.objects.filter(pk__in=[attempt.pk for attempt in attempts])
    locked = rows.select_for_update(skip_locked=True, no_key=True)
    turns = {row[0]: row for row in locked.values_list("pk", "state", "reminders", "asked_at")}
    unchanged = [
        attempt.pk
        for attempt in attempts
        if turns.get(attempt.pk)
        == (attempt.pk, Signature.State.PENDING, attempt.reminders, attempt.asked_at)
    ]
    Signature.objects.filter(pk__in=unchanged).update(reminders=F("reminders") + 1)
