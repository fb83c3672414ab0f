"""The trends of a letter at the desk: by hour and day, and where the newest come from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from openletter.letters.models import Letter
from openletter.lib import charts
from openletter.signatures.models import FormSubmission, Signature
from openletter.statistics import counting, trends
from openletter.statistics.models import HourCount
from tests.factories import log_in, make_held, make_letter, make_many, make_signature
from tests.queries import queries_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)


def path_of(letter: Letter) -> str:
    return f"/admin/letters/letter/{letter.pk}/trends/"


def hour(letter: Letter, at: datetime, **numbers: int) -> None:
    HourCount.objects.create(letter=letter, hour=at.replace(minute=0), **numbers)


def confirmed(letter: Letter, after: float, **fields: object) -> Signature:
    """Make a held signature that was confirmed so many seconds after its form."""
    signature = make_held(letter, **fields)
    signature.confirmed_at = signature.asked_at + timedelta(seconds=after)
    signature.save()
    return signature


def from_network(signature: Signature, key: bytes) -> None:
    FormSubmission.objects.create(
        reference=signature.public_id,
        letter=signature.letter,
        network_key=key,
        email_domain=signature.email_domain,
        at=signature.created_at,
    )


def test_each_of_the_last_hours_and_days_has_its_numbers(letter: Letter) -> None:
    hour(letter, NOW, signed=3, confirmed=2, held=1)
    hour(letter, NOW - timedelta(hours=1), signed=1)
    hour(letter, NOW - timedelta(hours=48), signed=50)
    hour(letter, NOW - timedelta(days=30), signed=500)
    hour(make_letter(slug="other"), NOW, signed=9)
    found = trends.trends(letter.pk, now=NOW)
    assert (len(found.hours), len(found.days)) == (48, 30)
    assert [(one.signed, one.confirmed, one.held) for one in found.hours[-2:]] == [
        (1, 0, 0),
        (3, 2, 1),
    ]
    assert sum(one.signed for one in found.hours) == 4
    assert found.days[-1].signed == 4
    assert sum(one.signed for one in found.days) == 54


def test_a_day_is_one_of_the_site(letter: Letter, settings: object) -> None:
    settings.TIME_ZONE = "Europe/Berlin"  # type: ignore[attr-defined]
    hour(letter, datetime(2026, 11, 18, 23, tzinfo=UTC), signed=7)
    found = {one.begins_at.day: one.signed for one in trends.trends(letter.pk, now=NOW).days}
    assert (found[18], found[19]) == (0, 7)


def test_it_says_where_the_newest_come_from(letter: Letter) -> None:
    first = confirmed(letter, 10, email="a@one.example", country="FR")
    confirmed(letter, 40, email="b@one.example")
    make_many(letter, 1, email_domain="two.example", country="FR")
    make_signature(letter, email="c@three.example")
    from_network(first, b"\xab" * 32)
    found = trends.trends(letter.pk, now=NOW).sources
    assert [(one.key, one.number, one.held) for one in found.domains] == [
        ("one.example", 2, 2),
        ("two.example", 1, 0),
    ]
    assert [(one.key, one.number) for one in found.countries] == [("FR", 2)]
    assert [(one.key, one.number) for one in found.networks] == [("ab" * 32, 1)]


def test_it_says_how_quickly_they_were_confirmed(letter: Letter) -> None:
    for seconds in (5, 20, 60, 100, 500):
        confirmed(letter, seconds)
    found = trends.trends(letter.pk, now=NOW).sources
    assert (found.read, found.median.total_seconds(), found.quick_percent) == (5, 60, 40)


def test_only_the_newest_are_read(letter: Letter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trends, "NEWEST", 2)
    confirmed(letter, 5, email="a@old.example", asked_at=NOW - timedelta(days=9))
    for name in ("b", "c"):
        confirmed(letter, 5, email=f"{name}@new.example")
    found = trends.trends(letter.pk, now=NOW).sources
    assert [one.key for one in found.domains] == ["new.example"]


def test_the_page_shows_it(letter: Letter) -> None:
    from_network(confirmed(letter, 5, email="a@one.example", country="FR"), b"\xab" * 32)
    counting.count(now=timezone.now())
    page = log_in().get(path_of(letter)).content.decode()
    for shown in ("one.example", "France", "abababab", "<rect", "The last 48 hours"):
        assert shown in page
    assert "ab" * 32 not in page.replace(f"network={'ab' * 32}", "")


def test_a_letter_without_signatures_has_a_page_too(letter: Letter) -> None:
    assert "being counted" in log_in().get(path_of(letter)).content.decode()


def test_the_page_of_the_letter_leads_to_it(letter: Letter) -> None:
    page = log_in().get(f"/admin/letters/letter/{letter.pk}/change/").content.decode()
    assert f'href="{path_of(letter)}"' in page


def test_addresses_are_found_and_methods_refused(letter: Letter, client: Client) -> None:
    moderator = log_in()
    assert moderator.post(path_of(letter)).status_code == 405
    assert moderator.get("/admin/letters/letter/999999/trends/").status_code == 404
    assert client.get(path_of(letter)).status_code == 302


def test_it_costs_the_same_for_one_and_for_fifty(letter: Letter) -> None:
    moderator = log_in()
    confirmed(letter, 5)
    few = queries_of(moderator, path_of(letter))
    for number in range(10):
        from_network(confirmed(letter, 5, email=f"a@{number}.example"), bytes([number]) * 32)
    counting.count(now=timezone.now())
    assert queries_of(moderator, path_of(letter)) == few


def test_bars_stand_beside_each_other() -> None:
    top, (first, second) = charts.bars([(4, 2), (1, 0)])
    assert (top, [bar.height for bar in first], second[1].height) == (4, ["200.0", "100.0"], "0.0")
    assert (first[0].x, second[0].x) == ("30.0", "330.0")
    assert charts.bars([]) == (1, [])


def test_networks_have_owners_where_the_operator_names_files(
    letter: Letter, settings: Any, tmp_path: Path
) -> None:
    known, unknown = confirmed(letter, 10, email="a@one.example"), confirmed(letter, 10)
    from_network(known, b"\xab" * 32)
    from_network(unknown, b"\xcd" * 32)
    FormSubmission.objects.filter(reference=known.public_id).update(
        network_country="IS", network_owner="<Example> Net"
    )
    desk = log_in()
    page = desk.get(path_of(letter)).content.decode()
    assert "Example" not in page
    assert "network owner" not in page
    settings.NETWORKS_FILE = [str(tmp_path / "missing.mmdb")]
    page = desk.get(path_of(letter)).content.decode()
    assert "<td><bdi>&lt;Example&gt; Net</bdi></td><td>Iceland</td>" in page
    assert "<td>–</td><td>–</td></tr>" in page
    assert page.count("network owner") == 1  # domains and countries have none


def test_a_network_whose_first_form_came_before_the_file_has_its_owner(letter: Letter) -> None:
    for number, owner in enumerate(("", "Example Net", "")):
        signature = confirmed(letter, 10, email=f"{number}@one.example")
        from_network(signature, b"\xab" * 32)
        FormSubmission.objects.filter(reference=signature.public_id).update(network_owner=owner)
    (found,) = trends.trends(letter.pk, now=NOW).sources.networks
    assert (found.number, found.owner, found.country) == (3, "Example Net", "")
