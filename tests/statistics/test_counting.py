"""All signatures are counted again and again, in slices, by what they are."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from openletter.letters.models import Letter
from openletter.signatures.models import Signature
from openletter.statistics import counting, origins
from openletter.statistics.models import Census, CountryCount, HourCount, LetterCount
from tests.factories import make_held, make_letter, make_many, make_published, make_signature

pytestmark = pytest.mark.django_db


def states_of(letter: Letter) -> dict[str, Any]:
    names = ("pending", "held", "removed", "withdrawn")
    return dict(LetterCount.objects.filter(letter=letter).values(*names).get())


def count_later(minutes: int = 5) -> None:
    counting.count(now=timezone.now() + timedelta(minutes=minutes))


def test_each_state_of_each_letter_is_counted(letter: Letter) -> None:
    now, other = timezone.now(), make_letter(slug="other")
    make_signature(letter)
    make_held(letter)
    make_held(letter)
    make_signature(letter, state=Signature.State.REMOVED, confirmed_at=now)
    make_signature(other, state=Signature.State.WITHDRAWN, confirmed_at=now)
    make_signature(other, state=Signature.State.EXPIRED)
    make_published(other)
    counting.count(now=now)
    assert states_of(letter) == {"pending": 1, "held": 2, "removed": 1, "withdrawn": 0}
    assert states_of(other) == {"pending": 0, "held": 0, "removed": 0, "withdrawn": 1}


def test_it_says_since_when_the_oldest_is_held(letter: Letter) -> None:
    oldest = timezone.now() - timedelta(days=3)
    make_held(letter)
    make_held(letter, asked_at=oldest)
    make_signature(letter, asked_at=oldest - timedelta(days=1))
    counting.count(now=timezone.now())
    assert LetterCount.objects.get().held_since == oldest


def test_a_count_goes_on_where_the_one_before_stopped(
    letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "SLICE", 2)
    for _number in range(3):
        make_held(letter, country="FR")
    make_many(letter, 2, country="DE")
    counting.count(now=timezone.now(), seconds=0)
    assert not LetterCount.objects.exists()
    counting.count(now=timezone.now(), seconds=0)
    counting.count(now=timezone.now(), seconds=0)
    assert states_of(letter)["held"] == 3
    assert CountryCount.objects.values_list("country", "signatures").get() == ("DE", 2)
    assert Census.objects.get().found == {}


def test_it_is_not_counted_again_within_a_minute(letter: Letter) -> None:
    now = timezone.now()
    counting.count(now=now)
    make_held(letter)
    counting.count(now=now + timedelta(seconds=59))
    assert states_of(letter)["held"] == 0
    counting.count(now=now + timedelta(seconds=60))
    assert states_of(letter)["held"] == 1


def test_what_is_no_more_is_forgotten(letter: Letter) -> None:
    make_published(letter, country="FR")
    counting.count(now=timezone.now())
    assert CountryCount.objects.exists()
    Signature.objects.update(country="")
    count_later()
    assert CountryCount.objects.get().country == ""


def test_what_stays_the_same_is_not_written_again(letter: Letter) -> None:
    make_published(letter, country="FR")
    counting.count(now=timezone.now())
    before = set(HourCount.objects.values_list("pk", "signed", "confirmed"))
    count_later()
    assert set(HourCount.objects.values_list("pk", "signed", "confirmed")) == before


def test_hours_say_what_was_signed_confirmed_and_held(letter: Letter) -> None:
    hour = timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=2)
    make_signature(letter, asked_at=hour)
    make_held(letter, asked_at=hour, confirmed_at=hour + timedelta(hours=1))
    make_signature(letter, asked_at=hour - timedelta(days=40))
    counting.count(now=timezone.now())
    assert list(
        HourCount.objects.order_by("hour").values_list("hour", "signed", "confirmed", "held")
    ) == [
        (hour, 2, 0, 0),
        (hour + timedelta(hours=1), 0, 1, 1),
    ]


def test_small_groups_of_countries_are_counted_together(letter: Letter) -> None:
    for country, number in {"FR": 5, "DE": 6, "AT": 4, "CH": 1, "": 2}.items():
        CountryCount.objects.create(letter=letter, country=country, signatures=number)
    found = origins.origins(letter.pk)
    assert (list(found.by_country.items()), found.others, found.unknown) == (
        [("DE", 6), ("FR", 5)],
        5,
        2,
    )
