"""./run manage mailqueue: the delivery page for a terminal."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from openletter.alarms import flows as alarms
from openletter.letters.models import Letter
from openletter.mail.limits import throttles
from openletter.mail.models import Throttle
from tests.mail.outgoing import sent
from tests.operations.steps import attempts

pytestmark = pytest.mark.django_db


def mailqueue(*arguments: str) -> str:
    out = StringIO()
    call_command("mailqueue", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture(autouse=True)
def _something_to_see(letter: Letter) -> None:
    now = timezone.now()
    sent(state="due", topic=letter.topic, due_at=now - timedelta(minutes=5, seconds=1))
    sent(state="parked", topic=letter.topic, lane="bulk")
    attempts(letter, "big.example", 20, confirmed=5, at=now - timedelta(hours=1))
    throttles.slow(letter.topic, per_minute=60, cause=Throttle.Cause.UNCONFIRMED, now=now)
    alarms.raise_alarm("test", "", "Look at this.", now)


def test_the_numbers_stand_in_aligned_columns(letter: Letter) -> None:
    lines = mailqueue().splitlines()
    head = next(line for line in lines if line.startswith("by letter"))
    row = next(line for line in lines if line.startswith(letter.slug))
    assert row.split()[1:-1] == ["1", "0", "0", "0", "1", "0", "0", "0", "0"]
    assert row.split()[-1].startswith("0:05:0")
    assert head.index("due") + len("due") == row.index("1") + 1
    assert len(row) == len(head)


def test_rates_throttles_and_alarms_stand_below(letter: Letter) -> None:
    text = mailqueue()
    assert "big.example           20       25 %" in text
    assert f"HELD BACK  {letter.slug}, since " in text
    assert "ALARM  Look at this." in text


def test_json_is_for_programs(letter: Letter) -> None:
    told = json.loads(mailqueue("--json"))
    (row,) = told["letters"]
    assert (row["name"], row["due"], row["parked"]) == (letter.slug, 1, 1)
    assert told["oldest_due_at"] == row["oldest_due_at"]
    assert told["throttles"][0]["per_minute"] == 60
    assert told["confirmed"] == [{"domain": "big.example", "asked": 20, "confirmed": 5}]
    assert [alarm["text"] for alarm in told["alarms"]] == ["Look at this."]


def test_nobodys_address_is_printed() -> None:
    assert "@" not in mailqueue() + mailqueue("--json")
