"""Dates and times as people read them: in the site's time zone, on pages and in mails."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone, translation
from django.utils.formats import date_format

from openletter.letters import publishing, publishing_updates
from openletter.letters.models import Letter
from openletter.letters.queries import letters
from openletter.mailings.forms import SendForm
from tests.factories import make_draft, make_letter, make_update

pytestmark = pytest.mark.django_db
MIDNIGHT = datetime(2026, 11, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "closes_at", "day"),
    [
        ("UTC", MIDNIGHT, "29 November 2026"),
        ("UTC", MIDNIGHT + timedelta(seconds=1), "30 November 2026"),
        ("UTC", MIDNIGHT - timedelta(seconds=1), "29 November 2026"),
        ("Europe/Berlin", MIDNIGHT, "30 November 2026"),
        ("Europe/Berlin", MIDNIGHT - timedelta(hours=1), "29 November 2026"),
        ("America/New_York", MIDNIGHT, "29 November 2026"),
        ("Pacific/Auckland", MIDNIGHT - timedelta(hours=13), "29 November 2026"),
    ],
)
def test_signing_ended_on_the_last_day_on_which_one_could_sign(
    settings: Any, zone: str, closes_at: datetime, day: str
) -> None:
    settings.TIME_ZONE = zone
    make_letter(state=Letter.State.CLOSED, closes_at=closes_at)
    shown = {"letter": ClosedSince(letters.letter_in("open-letter", "en"))}
    assert f"Signing ended on {day}." in render_to_string("components/sign_section.html", shown)


class ClosedSince:
    """A letter some years later, whenever the test runs."""

    def __init__(self, letter: letters.LetterView) -> None:
        self._letter = letter
        self.now = datetime(2030, 1, 1, tzinfo=UTC)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._letter, name)


def test_a_letter_that_opens_later_says_when_and_in_which_zone(
    client: Client, settings: Any
) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"
    make_letter(opens_at=datetime(2096, 11, 30, 20, 30, tzinfo=UTC))
    page = client.get("/open-letter/").content.decode()
    assert "You can sign this letter from 1 December 2096, 05:30 JST." in page
    assert "5:30\u00a0Uhr (JST)" in client.get("/de/open-letter/").content.decode()


def test_every_public_date_is_a_day_of_the_sites_zone(client: Client, settings: Any) -> None:
    letter = make_letter()
    late = datetime(2026, 11, 29, 22, 30, tzinfo=UTC)
    version = make_draft(letter)
    version.translations.update(markdown="Other words.")
    publishing.publish_version(version_id=version.pk, actor_id=None, now=late)
    update = make_update(letter, published=False)
    publishing_updates.publish(update_id=update.pk, actor_id=None, now=late)
    for zone, day in (("UTC", 29), ("Europe/Kyiv", 30)):
        settings.TIME_ZONE = zone
        for address in ("", "updates/", "updates/1/", "versions/", "versions/2/"):
            page = client.get(f"/open-letter/{address}").content.decode()
            assert f'<time datetime="2026-11-{day}">{day} November 2026</time>' in page, address


def test_what_happened_to_a_signature_is_told_with_its_zone(client: Client, settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"
    record = {"mine": {"events": [{"at": MIDNIGHT, "what": "You signed."}], "mails": []}}
    page = render_to_string("self_service/parts/record.html", record)
    assert '<time datetime="2026-11-30T09:00:00+09:00">30 November 2026, 09:00 JST</time>' in page


@pytest.mark.parametrize("part", ["body.txt", "body.html"])
def test_mails_tell_times_in_the_sites_zone(settings: Any, part: str) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"
    alarm = {"raised_at": MIDNIGHT, "text": "Nothing leaves."}
    body = render_to_string(f"emails/alarm/{part}", {"alarms": [alarm]})
    assert "30 November 2026, 09:00 JST" in body


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_time_always_has_its_zone(settings: Any, language: str) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    with translation.override(language):
        for month, zone in ((1, "CET"), (7, "CEST")):
            at = timezone.localtime(datetime(2026, month, 1, tzinfo=UTC))
            assert zone in date_format(at, "DATETIME_FORMAT")


def test_a_mailing_is_scheduled_in_the_sites_zone(settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"
    form = SendForm({"starts_at": "2096-11-30T05:30"})
    assert form.is_valid()
    assert form.cleaned_data["starts_at"] == datetime(2096, 11, 29, 20, 30, tzinfo=UTC)
    assert "Asia/Tokyo" in str(form.fields["starts_at"].help_text)
