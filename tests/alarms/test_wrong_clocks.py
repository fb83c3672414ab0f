"""A machine whose clock is wrong harms no mail, and somebody is told (F35)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from openletter.alarms import flows as alarms
from openletter.alarms import wrong_clocks
from openletter.alarms.models import Alarm
from openletter.lib.db import clock
from openletter.mail.models import OutgoingMail
from openletter.mail.outbox import claims, delivery
from tests.mail.outgoing import sent

pytestmark = pytest.mark.django_db
AHEAD = timedelta(seconds=90)


@pytest.fixture(autouse=True)
def _begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_known", clock._Known())
    monkeypatch.setattr(wrong_clocks, "_is_told", False)


@pytest.fixture
def ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine's clock is ahead of the database's."""
    right = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: right() + AHEAD)


def open_alarms() -> list[str]:
    return list(Alarm.objects.filter(resolved_at=None).values_list("key", flat=True))


@pytest.mark.usefixtures("ahead")
def test_f35_a_worker_that_is_ahead_leaves_a_mail_alone_that_another_has_in_hand() -> None:
    now = timezone.now() - AHEAD
    sent(state="due", due_at=now, first_due_at=now, lease_until=now + timedelta(seconds=30))
    assert delivery.deliver_due("confirm") == 0
    assert OutgoingMail.objects.get().state == "due"


def test_f35_a_worker_that_slept_while_it_asked_for_the_time_has_a_whole_lease(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its own clock, from before it slept, would let another worker send the mail too."""
    began = timezone.now()
    mail = sent(state="due", due_at=began, first_due_at=began)
    moments = iter([began - 2 * claims.LEASE])
    monkeypatch.setattr(timezone, "now", lambda: next(moments, began + AHEAD))
    (claimed,) = claims.claim("confirm")
    mail.refresh_from_db()
    assert mail.lease_until == claimed.lease_until
    assert claims.claimed_at(claimed) >= began


@pytest.mark.usefixtures("ahead")
def test_f35_a_form_at_a_web_that_is_ahead_owes_a_mail_that_is_due_now(sign: Any) -> None:
    clock.ask()  # as with each new connection
    sign()
    assert OutgoingMail.objects.get().due_at <= timezone.now() - AHEAD + timedelta(seconds=1)


@pytest.mark.usefixtures("ahead")
def test_f35_the_alarm_names_the_machine_once_and_ends_when_its_clock_is_right(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock.ask()
    for _ in range(2):
        wrong_clocks.watch()
    assert open_alarms() == [wrong_clocks.machine()]
    assert "90 seconds ahead" in Alarm.objects.get().text
    monkeypatch.setattr(timezone, "now", lambda: datetime.now(UTC))
    clock.ask()
    wrong_clocks.watch()
    assert open_alarms() == []


def test_f35_a_process_calls_off_what_one_before_it_told() -> None:
    alarms.raise_alarm(wrong_clocks.KIND, wrong_clocks.machine(), "Look.", timezone.now())
    alarms.raise_alarm(wrong_clocks.KIND, "another machine", "Look.", timezone.now())
    clock.ask()
    wrong_clocks.watch_anew()
    assert open_alarms() == ["another machine"]


@pytest.mark.usefixtures("ahead")
def test_f35_a_request_tells_of_a_wrong_clock_and_readyz_says_so(client: Client) -> None:
    clock.ask()
    assert client.get("/readyz").json()["clock"] is False
    assert open_alarms() == [wrong_clocks.machine()]


@pytest.mark.usefixtures("ahead")
def test_an_alarm_that_cannot_be_raised_breaks_no_page(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_args: Any) -> bool:
        raise DatabaseError

    monkeypatch.setattr(alarms, "raise_alarm", fails)
    clock.ask()
    assert client.get("/").status_code == 200


@pytest.mark.usefixtures("ahead")
def test_f35_the_command_fails_with_what_to_do_on_a_machine_whose_clock_is_wrong() -> None:
    with pytest.raises(CommandError, match="90 seconds ahead of the database's"):
        call_command("check-clock")


def test_the_command_is_content_with_a_clock_that_is_right() -> None:
    said = StringIO()
    call_command("check-clock", stdout=said)
    assert "agrees" in said.getvalue()
