"""The page to confirm is opened, and its button pressed or not: counted by hour, and of nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.core.cache import cache, caches
from django.test import Client
from django.utils import timezone

from openletter.letters.models import Letter
from openletter.lib.failsafe_cache import FailsafeRedisCache
from openletter.signatures import opened_pages
from openletter.signatures.models import Signature
from openletter.statistics import counting, unpressed
from openletter.statistics.models import OpenedCount
from openletter.statistics.unpressed import Opened
from tests.factories import log_in, make_held, make_letter, make_signature
from tests.hanging import Hanging
from tests.queries import statements_of
from tests.steps import link, press

pytestmark = pytest.mark.django_db
GMAIL = "suzie@gmail.com"


def later(minutes: int = 3) -> datetime:
    return timezone.now() + timedelta(minutes=minutes)


def count_later() -> None:
    unpressed.count(now=later())


def counted() -> list[tuple[str, int, int]]:
    rows = OpenedCount.objects.order_by("domain")
    return list(rows.values_list("domain", "opened", "pressed"))


def is_marked(signature: Signature) -> bool:
    signature.refresh_from_db()
    return signature.page_opened


def test_who_opens_and_does_not_press_is_counted_and_the_attempt_marked(client: Client) -> None:
    signature = make_signature(email=GMAIL)
    client.get(link(signature))
    assert (counted(), is_marked(signature)) == ([], False)
    count_later()
    assert (counted(), is_marked(signature)) == ([("gmail.com", 1, 0)], True)


def test_who_presses_is_counted_and_nothing_is_kept_of_it(client: Client) -> None:
    quick, slow = make_signature(email=GMAIL), make_signature()
    client.get(link(quick))
    press(link(quick))
    client.get(link(slow))
    count_later()
    press(link(slow))
    count_later()
    assert counted() == [("", 1, 1), ("gmail.com", 1, 1)]
    assert [is_marked(one) for one in (quick, slow)] == [False, False]


def test_one_that_is_held_when_it_is_confirmed_is_no_longer_marked(client: Client) -> None:
    signature = make_signature(name="\u0405uzie Signer")
    client.get(link(signature))
    count_later()
    press(link(signature))
    assert (is_marked(signature), signature.state) == (False, "held")


def test_a_page_counts_once_however_often_it_is_opened(client: Client) -> None:
    signature = make_signature()
    for _again in range(3):
        client.get(link(signature))
        client.get(link(signature))
        count_later()
    assert counted() == [("", 1, 0)]


def test_a_button_that_is_pressed_twice_counts_once(client: Client) -> None:
    signature = make_signature()
    press(link(signature))
    count_later()
    press(link(signature))
    client.get(link(signature))
    count_later()
    assert counted() == [("", 0, 1)]


def test_what_a_page_shows_nothing_to_press_for_is_not_opened(client: Client) -> None:
    for signature in (make_held(), make_signature(asked_at=timezone.now() - timedelta(days=8))):
        client.get(link(signature))
    client.head(link(make_signature()))
    count_later()
    assert counted() == []


def test_of_a_rare_domain_nothing_is_said(client: Client) -> None:
    for email in ("me@suzie-signer.example", "her@another.example", GMAIL):
        client.get(link(make_signature(email=email)))
    count_later()
    assert counted() == [("", 2, 0), ("gmail.com", 1, 0)]


def test_what_was_opened_just_now_waits_for_the_button(client: Client) -> None:
    signature = make_signature()
    client.get(link(signature))
    unpressed.count(now=later(minutes=1))
    assert (counted(), is_marked(signature)) == ([], False)


def test_a_crowd_is_counted_slice_by_slice(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opened_pages, "SLICE", 2)
    for _place in range(5):
        client.get(link(make_signature()))
    unpressed.count(now=later(), seconds=0)
    assert counted() == [("", 2, 0)]
    count_later()
    assert counted() == [("", 5, 0)]


def test_what_was_erased_meanwhile_is_nothing_to_count(client: Client) -> None:
    signature = make_signature()
    client.get(link(signature))
    signature.delete()
    count_later()
    assert counted() == []


def test_more_than_may_be_kept_are_not(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opened_pages, "_MOST", 2)
    for _place in range(5):
        client.get(link(make_signature()))
    count_later()
    assert counted() == [("", 2, 0)]


def test_opening_and_pressing_ask_the_database_nothing_more(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def statements() -> list[int]:
        signature = make_signature()
        opening = statements_of(partial(client.get, link(signature)))
        pressing = statements_of(partial(press, link(signature)))
        return [len(opening), len(pressing)]

    before = statements()
    monkeypatch.setattr(opened_pages, "_note", lambda *_args: None)
    assert statements() == before


@pytest.fixture
def away(settings: Any) -> Iterator[None]:
    server = Hanging()
    caches_before = settings.CACHES
    settings.CACHES = {
        alias: {
            **one,
            "LOCATION": server.url,
            "OPTIONS": {**one["OPTIONS"], "socket_timeout": 0.05},
        }
        if alias == "default"
        else one
        for alias, one in caches_before.items()
    }
    yield
    caches["default"].close()
    server.close()


def test_a_cache_that_is_away_hurts_no_page(client: Client, away: None) -> None:
    signature = make_signature()
    assert client.get(link(signature)).status_code == 200
    assert press(link(signature)).status_code == 302
    count_later()
    assert counted() == []


def test_what_two_workers_take_each_gets_once() -> None:
    ours = caches["default"]
    assert isinstance(ours, FailsafeRedisCache)
    for number in range(3):
        ours.collect("words", str(number), at=number, most=10)
    ours.collect("words", "0", at=9, most=10)  # is there already, with its time
    assert ours.take("words", until=1, most=5) == [("0", 0), ("1", 1)]
    assert ours.take("words", until=5, most=5) == [("2", 2)]
    assert ours.take("words", until=5, most=5) == []
    assert cache.get("words") is None


def test_old_hours_are_forgotten(letter: Letter) -> None:
    now = timezone.now()
    for hours in (
        counting.HOURS_KEPT - timedelta(hours=1),
        counting.HOURS_KEPT + timedelta(hours=1),
    ):
        OpenedCount.objects.create(letter=letter, hour=now - hours, opened=1)
    unpressed.count(now=now)
    assert OpenedCount.objects.get().hour == now - counting.HOURS_KEPT + timedelta(hours=1)


# --- What is shown ------------------------------------------------------------------------------


def row(letter: Letter, opened: int, pressed: int, *, domain: str = "", hours: int = 0) -> None:
    hour = timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=hours)
    OpenedCount.objects.create(
        letter=letter, hour=hour, domain=domain, opened=opened, pressed=pressed
    )


def test_the_largest_providers_are_named_and_the_others_counted_together(
    letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpressed, "MOST_SHOWN", 2)
    row(letter, 5, 2, domain="gmail.com")
    row(letter, 4, 4, domain="gmail.com", hours=1)
    row(letter, 3, 4, domain="gmx.de")
    row(letter, 2, 0, domain="web.de")
    row(letter, 50, 40)
    row(letter, 500, 0, domain="gmx.de", hours=31 * 24)
    row(make_letter(slug="other"), 70, 0)
    found = unpressed.by_domain(letter.pk, now=timezone.now())
    assert found == [Opened("gmail.com", 9, 6), Opened("gmx.de", 3, 4), Opened("", 52, 40)]
    assert [one.unpressed for one in found] == [3, 0, 12]


def test_the_page_of_trends_shows_it_and_that_scanners_open_too(letter: Letter) -> None:
    row(letter, 51, 40, domain="gmail.com")
    row(letter, 3, 1)
    moderator, path = log_in(), f"/admin/letters/letter/{letter.pk}/trends/"
    page = moderator.get(path).content.decode()
    for shown in ("54 such pages", "On 13 of them", "gmail.com", "all others", "check e-mails"):
        assert shown in page
    OpenedCount.objects.all().delete()
    assert "no such page was opened" in moderator.get(path).content.decode()


def test_hours_are_those_of_all_domains(letter: Letter) -> None:
    row(letter, 5, 2, domain="gmail.com")
    row(letter, 1, 1)
    row(letter, 9, 9, hours=9)
    since = timezone.now() - timedelta(hours=3)
    assert [numbers for _hour, *numbers in unpressed.by_hour(letter.pk, since=since)] == [[6, 3]]
