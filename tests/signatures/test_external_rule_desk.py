"""What the desk shows of the other program that is asked about signatures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from openletter.letters.models import Letter
from openletter.moderation.models import RuleSetting
from openletter.moderation.rule_settings import in_force
from openletter.moderation.rules import external
from openletter.signatures import confirmation
from openletter.signatures.desk import known, rule_trial
from tests.factories import make_held, make_signature
from tests.other_program import Program, asked

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(settings: Any, letter: Letter) -> Iterator[Program]:
    with asked(settings) as found:
        yield found


def confirm() -> None:
    confirmation.confirm(make_signature(), now=timezone.now())


def test_a_card_shows_what_it_says(program: Program, desk: Client) -> None:
    program.hold("It <b>quotes</b> a song.")
    confirm()
    page = desk.get("/admin/signatures/signature/queue/").content.decode()
    assert "It &lt;b&gt;quotes&lt;/b&gt; a song." in page
    assert str(external.SAYS) in page
    assert str(external.CLEARED_BY) in page


def test_a_card_asks_the_record_only_where_it_objected(letter: Letter) -> None:
    held = make_held(letter)
    known.of(held, now=timezone.now())  # reads what the process keeps
    with CaptureQueriesContext(connection) as usual:
        assert known.of(held, now=timezone.now()).program_says == ""
    held.flags = [external.REASON]
    with CaptureQueriesContext(connection) as more:
        known.of(held, now=timezone.now())
    assert len(more) == len(usual) + 1


def test_the_desk_shows_the_rule_and_whether_it_is_asked(
    desk: Client, letter: Letter, settings: Any
) -> None:
    page = "/admin/moderation/rulesetting/"
    assert "so none is asked" in desk.get(page).content.decode()
    with asked(settings):
        text = desk.get(page).content.decode()
    assert str(external.SAYS) in text
    assert "so none is asked" not in text


def test_a_trial_knows_what_it_objected_to(program: Program) -> None:
    RuleSetting.objects.create(rule=external.REASON, mode="hint")
    in_force.forget()
    program.hold()
    confirm()
    confirm()
    program.say({"verdict": "accept"})
    confirm()
    trial = rule_trial.run(RuleSetting(rule=external.REASON, mode="hold"))
    assert (trial.looked_at, trial.objected_after, len(trial.more)) == (3, 2, 2)
    assert len(program.asked) == 3  # nobody is asked for a trial
