"""What the site does with sweeps by itself, also when it fails, and what it forgets."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from openletter.alarms import flows as alarms
from openletter.privacy.registry import EXPIRIES
from openletter.signatures.models import Signature
from openletter.signatures.personal import person
from openletter.sweeps import batches, personal, tasks, working
from openletter.sweeps.models import Sweep
from tests.factories import make_letter, make_published
from tests.sweeps.steps import begin, begin_undo, found, number, swept

pytestmark = pytest.mark.django_db


def expire(**when: Any) -> None:
    EXPIRIES["sweeps"](now=timezone.now() + timedelta(**when), limit=10, dry_run=False)


def test_a_tick_takes_every_sweep_to_its_end() -> None:
    letter = make_letter()
    for email in ("a@example.com", "b@example.net"):
        make_published(letter, email=email)
    begin_undo(swept(domain="example.com"))
    begin(found(domain="example.net"))
    tasks.work_on_sweeps()
    assert set(Sweep.objects.values_list("state", flat=True)) == {"undone", "done"}
    assert number() == 1


def test_a_sweep_that_fails_keeps_no_other_waiting_and_raises_an_alarm(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_published()
    broken, discarded = begin(found()), found()
    Sweep.objects.filter(pk=discarded.pk).update(state="discarded")

    def fail(_sweep_id: int) -> bool:
        raise OperationalError

    monkeypatch.setitem(working._STEPS, Sweep.State.RUNNING, fail)
    for _ in range(working.MOST_FAILURES + 1):
        working.work()
    assert list(Sweep.objects.values_list("pk", "failures")) == [(broken.pk, working.MOST_FAILURES)]
    assert [alarm.kind for alarm in alarms.open_alarms()] == [working.ALARM]


def test_a_sweep_that_failed_too_often_goes_on_when_somebody_says_so() -> None:
    make_published()
    sweep = begin(found())
    Sweep.objects.filter(pk=sweep.pk).update(failures=working.MOST_FAILURES)
    working.work()
    assert number() == 1
    working.try_again(sweep.pk)
    working.work()
    assert (number(), Sweep.objects.get().failures) == (0, 0)


def test_a_question_that_nobody_acts_on_is_forgotten_after_a_day() -> None:
    make_published()
    old, used = found(), swept()
    expire(hours=23)
    assert Sweep.objects.filter(state="discarded").count() == 0
    expire(hours=25)
    working.work()
    assert set(Sweep.objects.all()) == {used}
    assert old.pk != used.pk


def test_whom_a_sweep_was_about_is_forgotten_a_month_after_it() -> None:
    make_published()
    swept(name="Suzie", domain="example.org", network_key=b"")
    expire(days=29)
    assert Sweep.objects.get().name == "Suzie"
    expire(days=31)
    assert (Sweep.objects.get().name, Sweep.objects.get().domain) == ("", "")


def test_whom_a_sweep_was_about_to_which_nobody_agreed_is_forgotten_after_a_month() -> None:
    make_published()
    asked = found(name="Suzie")
    Sweep.objects.filter(pk=asked.pk).update(state="asked")
    expire(days=29)
    assert Sweep.objects.get().state == "asked"
    expire(days=31)
    working.work()
    assert not Sweep.objects.exists()


def test_a_person_gets_to_know_what_a_sweep_did_with_their_signature() -> None:
    signature = make_published()
    swept()
    found()  # which did nothing with it
    (told,) = personal.export(person(bytes(signature.email_key)))["sweeps"]
    assert (told["outcome"], told["reason"]) == ("done", "scripted")


def test_a_batch_of_nothing_ends_a_sweep() -> None:
    make_published()
    sweep = begin(found())
    Signature.objects.update(state="removed")
    assert batches.sweep(sweep.pk) is False
    sweep.refresh_from_db()
    assert (sweep.state, sweep.left) == ("done", 1)
