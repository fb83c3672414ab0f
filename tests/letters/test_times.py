"""When a letter opens and closes, as staff may set it: before it is over, and to times to come."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from openletter.letters.models import Letter
from tests.asking import change
from tests.factories import make_letter

pytestmark = pytest.mark.django_db
OVER = [Letter.State.CLOSED, Letter.State.ARCHIVED]
BEFORE = [Letter.State.DRAFT, Letter.State.OPEN]


def save(desk: Client, letter: Letter, **typed: str) -> Any:
    """Send the form about a letter with other times."""
    sent = {
        "slug": letter.slug,
        "sender_name": "The Initiative",
        "reference_language": "en",
        "policy": "at_once",
        "retention_months": "6",
        **dict.fromkeys(("opens_at_0", "opens_at_1", "closes_at_0", "closes_at_1"), ""),
        **typed,
    }
    return change(desk, f"/admin/letters/letter/{letter.pk}/change/", sent)


def at(**away: float) -> dict[str, str]:
    """Type a closing time, so far from now."""
    time = timezone.now() + timedelta(**away)
    return {"closes_at_0": f"{time:%Y-%m-%d}", "closes_at_1": f"{time:%H:%M:%S}"}


@pytest.mark.parametrize("state", OVER)
@pytest.mark.parametrize("typed", [{}, at(days=30), at(days=-30)])
def test_i10_the_times_of_a_letter_that_is_over_stay(
    desk: Client, state: Letter.State, typed: dict[str, str]
) -> None:
    closed_at = timezone.now() - timedelta(days=2)
    letter = make_letter(state=state, closes_at=closed_at, opens_at=closed_at - timedelta(days=9))
    assert save(desk, letter, sender_name="Another", **typed).status_code == 302
    letter.refresh_from_db()
    assert (letter.sender_name, letter.closes_at) == ("Another", closed_at)
    assert letter.opens_at is not None


@pytest.mark.parametrize("state", BEFORE)
def test_a_letter_that_is_not_over_closes_when_staff_say(desk: Client, state: Letter.State) -> None:
    letter = make_letter(state=state)
    save(desk, letter, **at(days=30))
    letter.refresh_from_db()
    assert letter.closes_at is not None
    assert letter.closes_at > timezone.now()
    save(desk, letter)
    letter.refresh_from_db()
    assert letter.closes_at is None


@pytest.mark.parametrize("state", BEFORE)
def test_a_letter_is_not_closed_in_the_past(desk: Client, state: Letter.State) -> None:
    letter = make_letter(state=state)
    page = save(desk, letter, **at(days=-1))
    assert "use the button" in page.content.decode()
    letter.refresh_from_db()
    assert letter.closes_at is None


def test_an_open_letter_whose_time_has_come_can_still_be_edited(desk: Client) -> None:
    closes_at = (timezone.now() - timedelta(days=2)).replace(microsecond=0)
    letter = make_letter(closes_at=closes_at)
    typed = {"closes_at_0": f"{closes_at:%Y-%m-%d}", "closes_at_1": f"{closes_at:%H:%M:%S}"}
    assert save(desk, letter, sender_name="Another", **typed).status_code == 302
    letter.refresh_from_db()
    assert (letter.sender_name, letter.closes_at) == ("Another", closes_at)
