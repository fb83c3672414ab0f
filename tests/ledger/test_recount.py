"""I8, T41: the number is told in three independent ways, and a difference is loud."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.utils import timezone

from openletter.alarms import flows as alarms
from openletter.ledger import recounting, watch
from openletter.ledger.models import Recount, Tally
from openletter.ledger.tasks import recount as recount_task
from openletter.ledger.watch import ALARM, UNFINISHED, WAITING
from openletter.letters.models import Letter
from openletter.mail.models import OutgoingMail
from openletter.signatures.models import Signature
from tests.factories import (
    decide,
    make_held,
    make_letter,
    make_many,
    make_published,
    make_signature,
)
from tests.filling import fill_published
from tests.plans import Plans, begin_anew, buffers

pytestmark = pytest.mark.django_db
S = Signature.State


def run() -> str:
    out = io.StringIO()
    call_command("recount", stdout=out)
    return out.getvalue()


def recount_after(*, hours: float, seconds: float = 60) -> None:
    """Do what the task does, at a later time."""
    watch.watch(now=timezone.now() + timedelta(hours=hours), seconds=seconds)


def busy_letter() -> Letter:
    """A letter with something of everything that moves a number or does not."""
    letter = make_letter()
    make_many(letter, 5)
    make_signature(letter)
    make_published(letter, kind="organisation")
    removed, restored, held = (make_published(letter) for _ in range(3))
    decide(removed, S.REMOVED)
    decide(restored, S.REMOVED)
    decide(restored, S.PUBLISHED)
    decide(held, S.HELD)
    return letter


def test_i8_after_all_that_can_happen_the_numbers_agree() -> None:
    busy_letter()
    (found,) = recounting.recount()
    assert (found.tally, found.counted, found.moved) == (7, 7, 7)
    assert found.agrees
    assert run() == ("open-letter: tally 7, signatures 7, ledger 7, entries 13 of 13: agrees\n")


def test_a_letter_that_nobody_signed_agrees() -> None:
    make_letter()
    assert "tally 0, signatures 0, ledger 0, entries 0 of 0: agrees" in run()


def test_a_site_without_letters_agrees() -> None:
    assert run() == ""


TAMPERINGS = {
    "one more in the tally": "UPDATE ledger_tally SET people = people + 1, next_index = 99",
    "one less in the tally": "UPDATE ledger_tally SET people = people - 1",
    "people turned organisations and one more": (
        "UPDATE ledger_tally SET organisations = organisations + 1, next_index = 99"
    ),
    "people called organisations": (
        "UPDATE ledger_tally SET people = people - 1, organisations = organisations + 1"
    ),
    "no tally": "DELETE FROM ledger_tally",
    "no tally and no ledger": (
        "ALTER TABLE ledger_ledgerentry DISABLE TRIGGER USER;"
        " DELETE FROM ledger_ledgerentry; DELETE FROM ledger_tally"
    ),
    "an index skipped": "UPDATE ledger_tally SET next_index = next_index + 1",
    "a row published by hand": (
        "UPDATE signatures_signature SET state = 'published', confirmed_at = now()"
        " WHERE state = 'pending'"
    ),
    "a row removed by hand": (
        "UPDATE signatures_signature SET state = 'removed' WHERE ledger_index = 0"
    ),
    "a line of the ledger deleted": (
        "ALTER TABLE ledger_ledgerentry DISABLE TRIGGER USER;"
        " DELETE FROM ledger_ledgerentry WHERE index = 0"
    ),
    "a line of the ledger moved": (
        "ALTER TABLE ledger_ledgerentry DISABLE TRIGGER USER;"
        " UPDATE ledger_ledgerentry SET index = 99 WHERE index = 3"
    ),
    "the last line of the ledger moved": (
        "ALTER TABLE ledger_ledgerentry DISABLE TRIGGER USER;"
        " UPDATE ledger_ledgerentry SET index = 99 WHERE index = 12"
    ),
    "two lines deleted that cancel each other out": (
        "ALTER TABLE ledger_ledgerentry DISABLE TRIGGER USER;"
        " DELETE FROM ledger_ledgerentry WHERE index IN (10, 11)"
    ),
    "another number in the last line": (
        "ALTER TABLE ledger_ledgerentry DISABLE TRIGGER USER;"
        " UPDATE ledger_ledgerentry SET count = count + 1 WHERE index = 12"
    ),
    "a line of the ledger changed": (
        "ALTER TABLE ledger_ledgerentry DISABLE TRIGGER USER;"
        " UPDATE ledger_ledgerentry SET kind = 'withdrawn' WHERE index = 0"
    ),
}


@pytest.mark.parametrize("sql", TAMPERINGS.values(), ids=TAMPERINGS.keys())
def test_t41_what_somebody_changes_by_hand_is_found_and_not_repaired(
    sql: str, capsys: pytest.CaptureFixture[str]
) -> None:
    busy_letter()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or PostgreSQL alters no table
        cursor.execute(sql)
    before = list(Tally.objects.values())
    with pytest.raises(CommandError, match="1 letter"):
        call_command("recount")
    assert capsys.readouterr().out.endswith("DIFFERS\n")
    assert list(Tally.objects.values()) == before


def test_each_letter_is_judged_by_itself(capsys: pytest.CaptureFixture[str]) -> None:
    letters = [make_letter(slug=slug) for slug in ("one", "two", "three")]
    for number, letter in enumerate(letters, start=1):
        make_many(letter, number)
    Tally.objects.filter(letter=letters[1]).update(next_index=99)
    with pytest.raises(CommandError, match="1 letter"):
        call_command("recount")
    verdicts = [line.rpartition(": ")[2] for line in capsys.readouterr().out.splitlines()]
    assert verdicts == ["agrees", "DIFFERS", "agrees"]


def test_a_difference_is_an_error_of_the_command() -> None:
    """`./run manage recount` exits with 1, which is what `CommandError` means to Django."""
    busy_letter()
    Tally.objects.update(next_index=99)
    with pytest.raises(CommandError) as failed:
        run()
    assert failed.value.returncode == 1


def test_the_task_raises_an_alarm_and_stays_quiet_otherwise(
    caplog: pytest.LogCaptureFixture,
) -> None:
    busy_letter()
    with caplog.at_level(logging.INFO, logger="openletter"):
        recount_task()
        assert caplog.records == []
        Tally.objects.update(next_index=99)
        recount_after(hours=1)
    assert [record.levelname for record in caplog.records] == ["CRITICAL"]


def test_i8_a_letter_that_differs_has_an_alarm_of_its_own_until_it_agrees() -> None:
    letters = [make_letter(slug=slug) for slug in ("one", "two")]
    for letter in letters:
        make_many(letter, 3)
    Tally.objects.filter(letter=letters[1]).update(people=2)
    for hour in range(2):
        recount_after(hours=hour)
    (alarm,) = alarms.open_alarms()
    assert (alarm.kind, "two" in alarm.text, "the page shows 2" in alarm.text) == (
        ALARM,
        True,
        True,
    )
    Tally.objects.filter(letter=letters[1]).update(people=3)
    recount_after(hours=2)
    assert alarms.open_alarms() == []


def test_letting_mails_go_on_does_not_resolve_the_alarm_about_a_number() -> None:
    letter = make_letter()
    Tally.objects.create(letter=letter, next_index=1)
    recount_task()
    alarms.resolve_about(letter.topic, timezone.now())
    assert len(alarms.open_alarms()) == 1


def test_the_operator_hears_by_mail_of_a_number_that_differs(settings: Any) -> None:
    settings.ALARM_EMAIL = "operator@example.org"
    Tally.objects.create(letter=make_letter(), next_index=1)
    recount_task()
    assert [mail.kind for mail in OutgoingMail.objects.all()] == ["mail.alarm"]


# --- In slices, while people sign ----------------------------------------------------------------


@pytest.fixture
def two_a_slice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recounting, "SLICE", 2)


def recount_while(*acts: Callable[[], object]) -> Recount:
    """Count a letter again, with something done before each slice."""
    one = recounting.begin(Letter.objects.get(), now=timezone.now())
    left = iter(acts)
    while one.ended_at is None:
        recounting.go_on(one, now=timezone.now())
        next(left, lambda: None)()
    assert next(left, None) is None, "it ended before all was done"
    return one


@pytest.mark.usefixtures("two_a_slice")
def test_i8_what_happens_between_two_slices_changes_nothing() -> None:
    letter = busy_letter()
    begin = Signature.objects.filter(letter=letter, state="published").order_by("created_at", "pk")
    first, *_others, last = begin
    waiting = make_held(letter, asked_at=timezone.now() - timedelta(hours=2))
    removed = Signature.objects.get(state="removed")
    one = recount_while(
        partial(make_published, letter),
        partial(decide, first, S.REMOVED),  # counted already
        partial(decide, last, S.REMOVED),  # not counted yet
        partial(decide, removed, S.PUBLISHED),
        partial(decide, waiting, S.PUBLISHED),
        partial(decide, first, S.PUBLISHED),
        partial(decide, last, S.PUBLISHED),
        partial(decide, last, S.HELD),
    )
    assert (one.tally, one.counted, one.moved, one.agrees) == (7, 7, 7, True)
    assert Tally.objects.get().people + Tally.objects.get().organisations == 9
    assert "agrees" in run()


@pytest.mark.usefixtures("two_a_slice")
@pytest.mark.parametrize("what", sorted(TAMPERINGS.keys() - {"no tally"}))  # nobody could sign
def test_t41_what_was_changed_by_hand_is_found_while_people_sign(what: str) -> None:
    letter = busy_letter()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(TAMPERINGS[what])
    assert not recount_while(*[partial(make_published, letter)] * 3).agrees


@pytest.mark.usefixtures("two_a_slice")
def test_it_knows_of_a_signature_only_while_it_counts_signatures() -> None:
    make_many(make_letter(), 5)
    last = Signature.objects.order_by("created_at", "pk")[3]
    known = []
    one = recounting.begin(Letter.objects.get(), now=timezone.now())
    while one.ended_at is None:
        recounting.go_on(one, now=timezone.now())
        known.append((one.signed_at, one.signature_id))
    assert known[1:] == [(last.created_at, last.pk)] + [(None, 0)] * 5
    assert one.agrees


def test_it_goes_on_where_it_stopped_and_begins_again_after_an_hour(two_a_slice: None) -> None:
    make_many(make_letter(), 9)
    ticks = 0
    while not Recount.objects.filter(ended_at__isnull=False).exists():
        recount_after(hours=0, seconds=0)
        ticks += 1
        assert ticks < 20
    assert ticks == 5 + 5 + 1
    ended = Recount.objects.get()
    recount_after(hours=0.9)
    assert Recount.objects.get().began_at == ended.began_at
    recount_after(hours=1.1)
    assert Recount.objects.get().began_at > ended.began_at


def test_a_recount_that_comes_to_no_end_is_an_alarm_until_it_does(two_a_slice: None) -> None:
    make_many(make_letter(), 9)
    recount_after(hours=0, seconds=0)
    recount_after(hours=2.9, seconds=0)
    assert alarms.open_alarms() == []
    recount_after(hours=3.1, seconds=0)
    assert [alarm.kind for alarm in alarms.open_alarms()] == [UNFINISHED]
    recount_after(hours=3.2)
    assert (alarms.open_alarms(), Recount.objects.get().ended_at is not None) == ([], True)


def fail(*_given: object, **_named: object) -> None:
    raise OperationalError("canceling statement due to statement timeout")


@pytest.mark.parametrize(("was_counted", "hours"), [(False, 3), (True, 4)])
def test_a_recount_that_does_not_begin_is_an_alarm_until_it_does(
    was_counted: bool, hours: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_many(make_letter(), 3)
    if was_counted:
        recount_after(hours=0)
    with monkeypatch.context() as broken:
        broken.setattr(recounting, "begin", fail)
        for later, raised in ((-0.1, []), (0.1, [WAITING]), (0.2, [WAITING])):
            with pytest.raises(OperationalError):
                recount_after(hours=hours + later)
            assert [alarm.kind for alarm in alarms.open_alarms()] == raised
    recount_after(hours=hours + 0.3)
    assert alarms.open_alarms() == []


def test_what_waits_behind_a_recount_that_comes_to_no_end_is_one_alarm(two_a_slice: None) -> None:
    for slug in ("one", "two", "three"):
        make_many(make_letter(slug=slug), 9)
    recount_after(hours=0, seconds=0)
    recount_after(hours=3.1, seconds=0)
    assert sorted(alarm.kind for alarm in alarms.open_alarms()) == [UNFINISHED, WAITING]


def test_a_site_that_was_stopped_for_a_day_raises_no_alarm(two_a_slice: None) -> None:
    for slug in ("one", "two", "three"):
        make_many(make_letter(slug=slug), 9)
    recount_after(hours=0)
    recount_after(hours=24, seconds=0)
    assert alarms.open_alarms() == []


def test_a_slice_costs_the_same_wherever_it_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recounting, "SLICE", 100)
    begin_anew()
    like = make_signature(make_letter())
    fill_published(like, 8000)
    costs = []
    one = recounting.begin(like.letter, now=timezone.now())
    with Plans() as plans:
        while one.ended_at is None:
            found = plans.of(lambda: recounting.go_on(one, now=timezone.now()))
            costs.append(buffers(found))
    assert (one.agrees, len(costs)) == (True, 81 + 80 + 1)
    assert max(costs) < 400
