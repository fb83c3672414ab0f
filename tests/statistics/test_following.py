"""The ledger is followed into hours, every line once; growth and corrections come from them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from openletter.ledger.models import LedgerEntry
from openletter.letters.models import Letter
from openletter.signatures import counting as signature_counting
from openletter.signatures.models import Signature
from openletter.statistics import corrections, following, growth
from openletter.statistics.models import Movement
from tests.factories import decide, make_letter, make_many, make_published

pytestmark = pytest.mark.django_db
K = LedgerEntry.Kind


def lines_of(letter: Letter) -> dict[str, int]:
    found: dict[str, int] = {}
    for kind, lines in Movement.objects.filter(letter=letter).values_list("kind", "lines"):
        found[kind] = found.get(kind, 0) + lines
    return found


def test_every_line_is_counted_once(letter: Letter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "SLICE", 3)
    make_many(letter, 8)
    make_many(make_letter(slug="other"), 2)
    decide(make_published(letter), Signature.State.REMOVED)
    following.follow()
    following.follow()
    assert lines_of(letter) == {"signed": 9, "removed": 1}
    make_many(letter, 1)
    following.follow()
    assert lines_of(letter) == {"signed": 10, "removed": 1}


def test_who_was_stopped_goes_on(letter: Letter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "SLICE", 3)
    make_many(letter, 8)
    for expected in (3, 6, 8, 8):
        following.follow(seconds=0)
        assert lines_of(letter) == {"signed": expected}


# --- Growth -------------------------------------------------------------------------------------


def move(letter: Letter, day: datetime, kind: K, lines: int, **fields: object) -> None:
    Movement.objects.create(letter=letter, hour=day, kind=kind, lines=lines, **fields)


def at(day: int, hour: int = 12) -> datetime:
    return timezone.make_aware(datetime(2026, 11, day, hour))  # noqa: DTZ001 - of the site


def test_growth_is_told_of_each_day_that_is_over(letter: Letter) -> None:
    move(letter, at(1), K.SIGNED, 5)
    move(letter, at(1, 13), K.SIGNED, 2)
    move(letter, at(3), K.REMOVED, 3)
    move(letter, at(3), K.RESTORED, 1)
    move(letter, at(4), K.SIGNED, 9)
    found = growth.growth(letter.pk, now=at(4, 20))
    assert [(day.date.day, day.count, day.added, day.taken_away) for day in found] == [
        (1, 7, 7, 0),
        (2, 7, 0, 0),
        (3, 5, 1, 3),
    ]


def test_growth_is_told_of_each_of_the_last_hours_that_are_over(letter: Letter) -> None:
    move(letter, at(1), K.SIGNED, 5)
    move(letter, at(1), K.REMOVED, 1)
    move(letter, at(4, 17), K.SIGNED, 3)
    move(letter, at(4, 19), K.WITHDRAWN, 2)
    move(letter, at(4, 20), K.SIGNED, 9)
    found = growth.hours(letter.pk, now=at(4, 20) + timedelta(minutes=59))
    assert (len(found), found[0].hour, found[-1].hour) == (48, at(2, 20), at(4, 19))
    assert [(hour.count, hour.added, hour.taken_away) for hour in found[-4:]] == [
        (4, 0, 0),
        (7, 3, 0),
        (7, 0, 0),
        (5, 0, 2),
    ]


def test_hours_begin_with_the_first_signature(letter: Letter) -> None:
    assert growth.hours(letter.pk, now=at(4)) == []
    move(letter, at(4, 10), K.SIGNED, 2)
    assert growth.hours(letter.pk, now=at(4, 10)) == []
    assert [hour.hour for hour in growth.hours(letter.pk, now=at(4, 12))] == [at(4, 10), at(4, 11)]


def test_hours_are_those_of_the_site_where_they_begin_at_half_past(
    letter: Letter, settings: Any
) -> None:
    settings.TIME_ZONE = "Asia/Kolkata"
    move(letter, datetime(2026, 11, 4, 9, 30, tzinfo=UTC), K.SIGNED, 2)
    found = growth.hours(letter.pk, now=datetime(2026, 11, 4, 11, 45, tzinfo=UTC))
    assert [(hour.hour.strftime("%H:%M"), hour.count) for hour in found] == [
        ("09:30", 2),
        ("10:30", 2),
    ]


def test_of_a_letter_that_nobody_signed_there_is_no_growth(letter: Letter) -> None:
    assert growth.growth(letter.pk, now=at(4)) == []


def test_a_day_that_is_not_followed_to_its_end_is_left_out(
    letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "SLICE", 3)
    make_many(letter, 5)
    tomorrow = timezone.now() + timedelta(days=1)
    following.follow(seconds=0)
    assert growth.growth(letter.pk, now=tomorrow) == []
    assert growth.hours(letter.pk, now=tomorrow) == []
    following.follow()
    assert [day.count for day in growth.growth(letter.pk, now=tomorrow)] == [5]


def test_a_day_is_one_of_the_site(letter: Letter, settings: object) -> None:
    settings.TIME_ZONE = "Europe/Berlin"  # type: ignore[attr-defined]
    late = datetime.fromisoformat("2026-11-01T23:30:00+00:00")
    move(letter, late, K.SIGNED, 1)
    (day, *_later) = growth.growth(letter.pk, now=late + timedelta(days=1))
    assert day.date == date(2026, 11, 2)


# --- Corrections --------------------------------------------------------------------------------


def test_ten_removals_in_an_hour_are_a_correction(letter: Letter) -> None:
    move(letter, at(1), K.REMOVED, 10)
    move(letter, at(2), K.REMOVED, 9)
    move(letter, at(3), K.RESTORED, 12)
    move(letter, at(3), K.WITHDRAWN, 12)
    move(letter, at(3), K.SIGNED, 12)
    found = [(one.at.day, one.kind, one.signatures) for one in corrections.corrections(letter.pk)]
    assert found == [(3, "restored", 12), (1, "removed", 10)]


def test_a_batch_is_one_correction_however_long_it_took(letter: Letter) -> None:
    batch = uuid4()
    move(letter, at(1, 12), K.REMOVED, 6, batch=batch)
    move(letter, at(1, 13), K.REMOVED, 6, batch=batch)
    move(letter, at(1, 13), K.REMOVED, 9, batch=uuid4())
    (found,) = corrections.corrections(letter.pk)
    assert (found.at, found.signatures, found.batch) == (at(1, 12), 12, batch)


def test_lines_of_a_batch_are_followed_as_such(letter: Letter) -> None:
    batch, now = uuid4(), timezone.now()
    for _number in range(10):
        signature = make_published(letter)
        signature_counting.count(signature, K.REMOVED, at=now, batch=batch)
    following.follow()
    (found,) = corrections.corrections(letter.pk)
    assert (found.kind, found.signatures, found.batch) == ("removed", 10, batch)
