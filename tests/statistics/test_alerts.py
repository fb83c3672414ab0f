"""Moderators are told by mail when something under a letter should not wait."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from openletter.accounts.models import User
from openletter.letters.models import Letter
from openletter.mail.models import OutgoingMail
from openletter.mail.outbox.kinds import Owed
from openletter.mail.outbox.messages import compose
from openletter.statistics import alerts
from openletter.statistics.mails import alert
from openletter.statistics.models import HourCount, LetterCount, WithoutAlerts
from tests.factories import log_in, make_letter, make_moderator

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(minute=30)


@pytest.fixture
def moderator() -> User:
    return make_moderator(second_factor=False)


def held(letter: Letter, number: int, *, days: float = 1) -> None:
    LetterCount.objects.update_or_create(
        letter=letter,
        defaults={
            "counted_at": NOW, "held": number, "held_since": NOW - timedelta(days=days),
        },
    )  # fmt: skip


def forms(letter: Letter, number: int, *, hours: int = 0) -> None:
    hour = NOW.replace(minute=0, second=0, microsecond=0) - timedelta(hours=hours)
    HourCount.objects.create(letter=letter, hour=hour, signed=number)


def told() -> list[str]:
    return [mail.recipient for mail in OutgoingMail.objects.filter(kind=alerts.MAIL)]


def kinds(letter: Letter) -> list[str]:
    return [kind.value for kind in alerts.facts_of(letter, now=NOW).kinds]


@pytest.mark.parametrize(("number", "found"), [(100, []), (101, ["many"])])
def test_many_that_are_held(letter: Letter, number: int, found: list[str]) -> None:
    held(letter, number)
    assert kinds(letter) == found


def test_how_many_are_many_is_a_setting(letter: Letter, settings: Any) -> None:
    settings.HELD_ALERT = 5
    held(letter, 6)
    assert kinds(letter) == ["many"]


@pytest.mark.parametrize(("days", "found"), [(2.9, []), (3.1, ["long"])])
def test_one_that_is_held_for_long(letter: Letter, days: float, found: list[str]) -> None:
    held(letter, 1, days=days)
    assert kinds(letter) == found


@pytest.mark.parametrize(
    ("now", "before", "found"),
    [(200, 0, []), (201, 0, ["burst"]), (300, 60 * 168, []), (301, 60 * 168, ["burst"])],
)
def test_a_burst_is_more_than_usual(
    letter: Letter, now: int, before: int, found: list[str]
) -> None:
    forms(letter, now)
    forms(letter, before, hours=10)
    assert kinds(letter) == found


def test_those_who_may_decide_are_told(letter: Letter, moderator: User) -> None:
    names = {"is_superuser": False, "second_factor": False}
    make_moderator("viewer@example.org", **names)
    decider = make_moderator("decider@example.org", **names)
    decider.user_permissions.add(Permission.objects.get(codename="change_signature"))
    make_moderator("gone@example.org", is_active=False, second_factor=False)
    held(letter, 101)
    alerts.watch(now=NOW)
    assert sorted(told()) == ["decider@example.org", moderator.email]


def test_each_kind_is_told_once_a_day(letter: Letter, moderator: User) -> None:
    held(letter, 101)
    alerts.watch(now=NOW)
    alerts.watch(now=NOW + timedelta(hours=23))
    assert len(told()) == 1
    held(letter, 101, days=9)
    alerts.watch(now=NOW + timedelta(hours=23))
    assert len(told()) == 2
    alerts.watch(now=NOW + timedelta(hours=24))
    assert len(told()) == 3


def test_of_a_letter_that_is_over_nobody_is_told(moderator: User) -> None:
    held(make_letter(state=Letter.State.ARCHIVED), 101)
    alerts.watch(now=NOW)
    assert told() == []


def test_who_wants_none_gets_none(letter: Letter) -> None:
    browser = log_in()
    assert "You get these mails." in browser.get("/admin/alerts/").content.decode()
    browser.post("/admin/alerts/")
    held(letter, 101)
    alerts.watch(now=NOW)
    assert told() == []
    assert "You do not get these mails." in browser.get("/admin/alerts/").content.decode()
    browser.post("/admin/alerts/", {"wanted": "1"})
    assert not WithoutAlerts.objects.exists()


def test_the_mail_says_what_is_true_when_it_leaves(letter: Letter) -> None:
    owed = Owed(about=letter.public_id)
    assert alert.context(owed) is None
    held(letter, 101)
    context = alert.context(owed)
    assert context is not None
    assert context["queue_url"].endswith(f"?letter={letter.pk}")
    assert context["facts"].held == 101


def test_the_mail_can_be_read(letter: Letter, moderator: User) -> None:
    held(letter, 101)
    forms(letter, 201)
    alerts.watch(now=NOW)
    message = compose(OutgoingMail.objects.filter(kind=alerts.MAIL).latest("pk"))
    assert message is not None
    assert "A letter" in message.subject
    for part in (message.body, str(message.alternatives[0][0])):
        assert "101 signatures on “A letter” wait for a decision" in part
        assert "201 forms" in part
        assert "/admin/alerts/" in part
