"""Who is reminded of an attempt, when, and how often."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from openletter.letters.models import Letter
from openletter.mail.outbox.kinds import Owed, kind_named
from openletter.signatures import confirmation, reminders
from openletter.signatures.mails import subjects
from tests.factories import make_letter, make_signature
from tests.signatures.steps import kinds

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def remind_after(age: timedelta, letter: Letter | None = None) -> int:
    attempt = make_signature(letter, asked_at=timezone.now() - age)
    reminders.remind(now=timezone.now())
    attempt.refresh_from_db()
    return attempt.reminders


def test_who_has_not_confirmed_is_reminded_after_a_day() -> None:
    assert remind_after(timedelta(hours=23)) == 0
    assert remind_after(timedelta(hours=25)) == 1
    assert kinds() == ["signatures.reminder"]


def test_the_second_reminder_comes_only_if_the_letter_says_so() -> None:
    for slug, twice in (("once", False), ("twice", True)):
        letter = make_letter(slug=slug, second_reminder=twice)
        attempt = make_signature(letter, asked_at=timezone.now() - 5 * DAY, reminders=1)
        reminders.remind(now=timezone.now())
        attempt.refresh_from_db()
        assert attempt.reminders == (2 if twice else 1)


def test_nobody_is_reminded_of_a_closed_letter_or_a_dead_link() -> None:
    closed = make_letter(slug="closed", state=Letter.State.CLOSED)
    assert remind_after(2 * DAY, closed) == 0
    assert remind_after(8 * DAY, make_letter()) == 0


def test_a_reminder_says_nothing_once_confirmed_or_closed() -> None:
    attempt = make_signature()
    reminder = kind_named("signatures.reminder")
    assert reminder.context(Owed(attempt.public_id)) is not None
    Letter.objects.update(state=Letter.State.CLOSED)
    subjects.forget()
    assert reminder.context(Owed(attempt.public_id)) is None
    Letter.objects.update(state=Letter.State.OPEN)
    subjects.forget()
    confirmation.confirm(attempt, now=timezone.now())
    assert reminder.context(Owed(attempt.public_id)) is None


def test_a_reminder_is_owed_once_however_often_the_task_runs() -> None:
    make_signature(asked_at=timezone.now() - 2 * DAY)
    for _ in range(3):
        reminders.remind(now=timezone.now())
    assert kinds() == ["signatures.reminder"]
