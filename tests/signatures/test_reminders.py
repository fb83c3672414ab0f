"""Who is reminded of an attempt, when, and how often."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from openletter.letters.models import Letter
from openletter.lib import tokens
from openletter.mail.models import OutgoingMail
from openletter.mail.outbox.kinds import Owed, kind_named
from openletter.signatures import confirmation, reminders
from openletter.signatures.inbox import resending
from openletter.signatures.mails import subjects
from openletter.signatures.models import Signature
from tests.factories import make_letter, make_signature, text_of
from tests.mail.outgoing import outgoing
from tests.plans import Plan, Plans, analyze, begin_anew, buffers, reads_whole
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


def test_no_reminder_stands_before_who_signs_now() -> None:
    asked = make_signature(asked_at=timezone.now() - 2 * DAY)
    waits = outgoing("due", about=asked.public_id, topic=asked.letter.topic)
    for late, reminded in ((31, 0), (29, 1)):
        OutgoingMail.objects.all().delete()
        waits.due_at = timezone.now() - timedelta(seconds=late)
        waits.save(force_insert=True)
        assert reminders.remind(now=timezone.now()) == reminded


def reminded_before(letter: Letter, *, opened: bool, **fields: Any) -> Signature:
    """Make an attempt that had its first reminder, and for the second one is old enough."""
    asked_at = timezone.now() - 5 * DAY
    return make_signature(letter, asked_at=asked_at, reminders=1, page_opened=opened, **fields)


def test_the_second_reminder_comes_only_if_the_letter_says_so() -> None:
    for slug, twice in (("once", False), ("twice", True)):
        letter = make_letter(slug=slug, second_reminder=twice)
        attempt = reminded_before(letter, opened=True)
        reminders.remind(now=timezone.now())
        attempt.refresh_from_db()
        assert attempt.reminders == (2 if twice else 1)
    assert kinds() == ["signatures.one_more_click"]


def test_the_second_reminder_is_for_those_who_opened_the_page_and_did_not_press() -> None:
    letter = make_letter(second_reminder=True)
    attempts = [reminded_before(letter, opened=opened) for opened in (True, False)]
    assert reminders.remind(now=timezone.now()) == 1
    assert kinds() == ["signatures.one_more_click"]
    for attempt in attempts:
        attempt.refresh_from_db()
    assert [attempt.reminders for attempt in attempts] == [2, 2]  # each had its turn


def test_the_first_reminder_is_for_everybody(letter: Letter) -> None:
    for opened in (True, False):
        make_signature(letter, asked_at=timezone.now() - 2 * DAY, page_opened=opened)
    assert reminders.remind(now=timezone.now()) == 2
    assert kinds() == ["signatures.reminder"] * 2


def test_one_more_click_is_not_said_of_what_is_confirmed_or_was_not_opened() -> None:
    letter = make_letter(second_reminder=True)
    attempt = reminded_before(letter, opened=True, email="suzie@example.org")
    mail = kind_named("signatures.one_more_click")
    assert mail.context(Owed(attempt.public_id)) is not None
    newer = make_signature(letter, email="suzie@example.org")
    assert mail.context(Owed(attempt.public_id)) is None  # its page was not opened
    newer.delete()
    confirmation.confirm(attempt, now=timezone.now())
    assert mail.context(Owed(attempt.public_id)) is None


def test_who_asks_for_the_mail_anew_gets_each_reminder_once() -> None:
    letter, now = make_letter(second_reminder=True), timezone.now()
    attempt = reminded_before(letter, opened=True)
    reminders.remind(now=now)
    OutgoingMail.objects.update(state="sent", sent_at=now)
    reference = tokens.Reference(attempt.public_id, letter.public_id, 0)
    assert resending.again(reference=reference, letter=letter, network=None, now=now)
    for days in (1.1, 4.1):
        reminders.remind(now=now + days * DAY)
        OutgoingMail.objects.update(state="sent", sent_at=now)
    assert sorted(kinds()) == [
        *("signatures.confirm", "signatures.one_more_click", "signatures.reminder"),
    ]


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


def there_is_time_for(slices: int, monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([0.0] * (slices + 1) + [reminders.LONGEST_RUN_SECONDS])
    monkeypatch.setattr(
        "openletter.signatures.reminders.time", SimpleNamespace(monotonic=times.__next__)
    )


def test_a_crowd_is_reminded_in_one_run_slice_by_slice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminders, "SLICE", 2)
    now = timezone.now()
    for letter in (make_letter(slug="large"), make_letter(slug="small")):
        for place in range(5 if letter.slug == "large" else 1):
            make_signature(letter, asked_at=now - 2 * DAY + timedelta(seconds=place))
    assert reminders.remind(now=now) == 6
    assert kinds() == ["signatures.reminder"] * 6


def test_a_crowd_keeps_no_other_letter_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminders, "SLICE", 2)
    now = timezone.now()
    large, small = make_letter(slug="large"), make_letter(slug="small")
    for place in range(5):
        make_signature(large, asked_at=now - 3 * DAY + timedelta(seconds=place))
    make_signature(small, asked_at=now - 2 * DAY)
    there_is_time_for(2, monkeypatch)
    assert reminders.remind(now=now) == 3  # a slice of each
    assert small.signature_set.get().reminders == 1


def test_attempts_that_others_replaced_stop_no_slice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminders, "SLICE", 2)
    now = timezone.now()
    for place in range(5):
        asked_at = now - 2 * DAY + timedelta(seconds=place)
        make_signature(email="suzie@example.org", asked_at=asked_at)
    assert reminders.remind(now=now) == 1
    assert kinds() == ["signatures.reminder"]


def test_an_attempt_that_was_passed_over_is_reminded_of_once_it_is_the_newest() -> None:
    now = timezone.now()
    older = make_signature(email="suzie@example.org", asked_at=now - timedelta(hours=30))
    newer = make_signature(email="suzie@example.org", asked_at=now - timedelta(hours=12))
    assert reminders.remind(now=now) == 0
    reference = tokens.Reference(older.public_id, older.letter.public_id, 0)
    assert resending.again(reference=reference, letter=older.letter, network=None, now=now)
    OutgoingMail.objects.update(state="sent", sent_at=now)
    assert reminders.remind(now=now + timedelta(hours=25)) == 1
    (reminder,) = OutgoingMail.objects.filter(kind="signatures.reminder")
    assert (reminder.about, newer.public_id != older.public_id) == (older.public_id, True)


def test_whoever_asks_again_after_a_reminder_gets_the_same_one_once() -> None:
    now = timezone.now()
    attempt = make_signature(asked_at=now - timedelta(hours=30))
    reminders.remind(now=now)
    OutgoingMail.objects.update(state="sent", sent_at=now)
    reference = tokens.Reference(attempt.public_id, attempt.letter.public_id, 0)
    assert resending.again(reference=reference, letter=attempt.letter, network=None, now=now)
    reminders.remind(now=now + timedelta(hours=25))
    assert sorted(kinds()) == ["signatures.confirm", "signatures.reminder"]


COLUMNS = """
    letter_id, translation_id, language, kind, name, title, affiliation, country, search_text,
    comment, email, email_key, email_domain, show_name, wants_updates, consent, state,
    held_because, generation, created_at
"""
REPLACE = f"""
INSERT INTO signatures_signature (public_id, {COLUMNS}, asked_at, reminders)
SELECT gen_random_uuid(), {COLUMNS}, now() - INTERVAL '1 hour', 0 FROM signatures_signature
"""
FILL = f"""
INSERT INTO signatures_signature (public_id, {COLUMNS}, asked_at, reminders)
SELECT gen_random_uuid(), %(letter)s, %(text)s, 'en', 'person', 'A', '', '', '', 'a', '', '',
    sha256(random()::text::bytea), 'example.org', FALSE, FALSE, '1', 'pending', '', 0,
    now() - INTERVAL '2 days', now() - INTERVAL '2 days' - INTERVAL '1 second' * number,
    CASE WHEN number %% 2 = 0 THEN 1 ELSE 0 END
FROM generate_series(%(first)s, %(last)s) AS number
"""


@pytest.mark.parametrize("is_known", [True, False])
def test_what_others_replaced_is_read_once(is_known: bool, letter: Letter) -> None:
    begin_anew()
    parameters = {"letter": letter.pk, "text": text_of(letter).pk, "first": 1, "last": 2_000}
    with connection.cursor() as cursor:
        cursor.execute(FILL, parameters)
        cursor.execute(REPLACE)
    if is_known:
        analyze()
    with Plans() as plans:
        first = plans.of(lambda: reminders.remind(now=timezone.now()))
        again = plans.of(lambda: reminders.remind(now=timezone.now()))
    assert (reads_whole(first), reads_whole(again), kinds()) == ([], [], [])
    # A look for a newer one costs the same for each, however many wait.
    looks = [plan for plan in first if "has_newer" in plan.statement]
    assert max(plan.buffers for plan in looks) < 10 * reminders.SLICE, "\n".join(map(str, looks))
    # The letters, whether others wait (three), and one slice of nothing.
    assert (len(again), buffers(again) < 100) == (5, True), "\n".join(map(str, again))


@pytest.mark.parametrize("is_known", [True, False])
def test_a_slice_costs_the_same_however_many_wait(
    is_known: bool, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminders, "SLICE", 50)
    monkeypatch.setattr(reminders, "_remind", lambda attempt, kind, now: None)
    begin_anew()

    def fill(first: int, last: int) -> list[Plan]:
        parameters = {"letter": letter.pk, "text": text_of(letter).pk, "first": first, "last": last}
        with connection.cursor() as cursor:
            cursor.execute(FILL, parameters)
        if is_known:
            analyze()
        there_is_time_for(1, monkeypatch)
        return plans.of(lambda: reminders.remind(now=timezone.now()))

    with Plans() as plans:
        few, many = fill(1, 2_000), fill(2_001, 20_000)
    # The letters, whether others wait (three), and one slice.
    assert (len(few), reads_whole(many)) == (5, [])
    assert buffers(many) < 2 * buffers(few) + 50, "\n".join(map(str, many))
