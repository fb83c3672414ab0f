"""The first page of the desk: what waits by letter, and what came today."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from openletter.letters.models import Letter
from openletter.signatures.desk import overview, queue
from openletter.signatures.models import Signature
from tests.factories import make_letter, make_published
from tests.queries import queries_of
from tests.signatures.steps import waiting

pytestmark = pytest.mark.django_db


def test_the_letter_under_which_somebody_waits_longest_comes_first(letter: Letter) -> None:
    other = make_letter(slug="other")
    make_letter(slug="quiet")
    waiting(letter, 5)
    waiting(other, 60)
    waiting(other, 3)
    found = overview.waiting_by_letter(Letter.objects.all())
    assert [(one.letter, one.waiting.number) for one in found] == [(other.pk, 2), (letter.pk, 1)]


def test_very_many_are_said_to_be_more(
    desk: Client, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "MOST_COUNTED", 2)
    for minutes in (1, 2, 3):
        waiting(letter, minutes)
    assert "more than 2 are waiting" in desk.get("/admin/").content.decode()


def test_what_came_today_stands_beside_the_number(desk: Client, letter: Letter) -> None:
    make_published(letter, name="Sam")
    make_published(letter, name="Suzie")
    before = timezone.now() - timedelta(days=1)
    Signature.objects.filter(name="Sam").update(created_at=before)
    page = desk.get("/admin/").content.decode()
    assert "1 new signature, 2 in all" in page


def test_it_costs_the_same_however_much_waits(desk: Client, letter: Letter) -> None:
    waiting(letter, 5)
    few = queries_of(desk, "/admin/")
    for minutes in range(10):
        waiting(letter, minutes)
    assert queries_of(desk, "/admin/") == few
