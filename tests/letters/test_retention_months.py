"""The months until deletion on a closed letter: never in the past, asked about, on record."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from openletter.letters.models import Letter
from openletter.moderation.models import AuditEntry
from tests.asking import form_of, seen
from tests.factories import make_letter

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed() -> Letter:
    """A letter that closed two months ago, and keeps its data for six."""
    return make_letter(state=Letter.State.CLOSED, closes_at=timezone.now() - timedelta(days=62))


def save(desk: Client, letter: Letter, months: int, **typed: str) -> Any:
    page = f"/admin/letters/letter/{letter.pk}/change/"
    sent = {**form_of(desk.get(page)), "retention_months": str(months), **typed}
    return desk.post(page, sent)


def months_of(letter: Letter) -> int:
    letter.refresh_from_db()
    return letter.retention_months


def recorded() -> list[tuple[Any, Any]]:
    entries = AuditEntry.objects.filter(action="change retention").order_by("pk")
    return [(e.before["retention_months"], e.after["retention_months"]) for e in entries]


@pytest.mark.parametrize("state", [Letter.State.CLOSED, Letter.State.ARCHIVED, Letter.State.OPEN])
def test_months_that_are_over_already_are_refused(
    desk: Client, closed: Letter, state: Letter.State
) -> None:
    Letter.objects.update(state=state)
    refused = save(desk, closed, 1, sender_name="Another")
    assert refused.status_code == 200
    assert "retention_months" in refused.context["adminform"].form.errors
    assert (months_of(closed), recorded()) == (6, [])


def test_fewer_months_are_asked_about_first(desk: Client, closed: Letter) -> None:
    asked = save(desk, closed, 4, sender_name="Another")
    assert (asked.status_code, months_of(closed)) == (200, 6)
    answer = save(desk, closed, 4, sender_name="Another", seen=seen(asked))
    assert (answer.status_code, months_of(closed)) == (302, 4)
    assert (closed.sender_name, recorded()) == ("Another", [(6, 4)])


def test_what_was_seen_of_other_months_counts_for_nothing(desk: Client, closed: Letter) -> None:
    asked = save(desk, closed, 5)
    assert save(desk, closed, 4, seen=seen(asked)).status_code == 200
    assert months_of(closed) == 6


def test_more_months_are_not_asked_about_but_on_record(desk: Client, closed: Letter) -> None:
    assert save(desk, closed, 9).status_code == 302
    assert (months_of(closed), recorded()) == (9, [(6, 9)])


@pytest.mark.parametrize("state", [Letter.State.DRAFT, Letter.State.OPEN])
def test_while_a_letter_goes_on_months_are_changed_on_record(
    desk: Client, state: Letter.State
) -> None:
    letter = make_letter(state=state)
    assert save(desk, letter, 1).status_code == 302
    assert (months_of(letter), recorded()) == (1, [(6, 1)])


def test_other_changes_of_a_letter_whose_time_is_over_are_none_of_this(
    desk: Client, closed: Letter
) -> None:
    Letter.objects.update(retention_months=1)
    assert save(desk, closed, 1, sender_name="Another").status_code == 302
    assert recorded() == []
