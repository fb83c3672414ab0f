"""T13, I8, I11: a sweep changes states, number and ledger together, and is undone as a whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from openletter.ledger.models import LedgerEntry
from openletter.moderation import reviews
from openletter.moderation.models import AuditEntry, Review
from openletter.self_service import changes
from openletter.signatures.models import ARROWS, Signature
from openletter.sweeps import batches, flows
from openletter.sweeps.models import MOST_ALONE, SWEEP_ARROWS, Sweep, Swept
from tests.factories import decide, make_held, make_letter, make_many, make_published
from tests.steps import state_of
from tests.sweeps.steps import begin, begin_undo, found, left, moderator, number, swept, undo, work

pytestmark = pytest.mark.django_db
S = Signature.State


def row(signature: Signature) -> tuple[object, ...]:
    """What a sweep may change of a signature."""
    columns = ("state", "held_because", "verdict", "ledger_index", "revision")
    found: tuple[object, ...] = Signature.objects.values_list(*columns).get(pk=signature.pk)
    return found


def test_t13_a_sweep_removes_what_it_found_and_the_number_falls_with_it() -> None:
    letter = make_letter()
    bad = [make_published(letter, email=f"{one}@bad.example.com") for one in range(3)]
    bad.append(make_published(letter, email="org@bad.example.com", kind="organisation"))
    waits = make_held(letter, email="h@bad.example.com", held_because="burst")
    good = make_published(letter)
    sweep = swept(letter, domain="bad.example.com")
    assert {state_of(one) for one in (*bad, waits)} == {"removed"}
    assert (state_of(good), number(letter)) == ("published", 1)
    assert (sweep.state, sweep.done, sweep.left) == ("done", 5, 0)
    lines = LedgerEntry.objects.filter(batch=sweep.public_id)
    assert set(lines.values_list("kind", flat=True)) == {"removed"}
    assert {one.verdict for one in Signature.objects.filter(state=S.REMOVED)} == {"removed"}


@pytest.mark.parametrize("size", [1, 2, 500])
def test_t13_a_sweep_that_is_undone_leaves_no_trace_in_the_number(size: int) -> None:
    letter = make_letter()
    signed = [make_published(letter) for _ in range(4)]
    signed.append(make_held(letter, held_because="burst"))
    before, counted = [row(one) for one in signed], number(letter)
    sweep = work(begin(found(letter)), size=size)
    assert number(letter) == 0
    undo(sweep, size=size)
    assert ([row(one) for one in signed], number(letter)) == (before, counted)
    assert (sweep.pk, Sweep.objects.get().state, Sweep.objects.get().undone) == (
        sweep.pk, "undone", 5,
    )  # fmt: skip


def test_a_sweep_can_hold_what_is_published_and_leaves_what_is_held_already() -> None:
    letter = make_letter()
    public, waits = make_published(letter), make_held(letter, held_because="burst")
    sweep = swept(letter, to="held", domain="example.org")
    assert row(public)[:2] == ("held", batches.HELD_BECAUSE)
    assert row(waits)[:2] == ("held", "burst")
    assert (left(sweep), number(letter)) == ({waits.pk: "already"}, 0)
    undo(sweep)
    assert (state_of(public), state_of(waits), number(letter)) == ("published", "held", 1)


def test_i11_a_sweep_goes_no_way_that_a_signature_cannot_go() -> None:
    for to in Sweep.To.values:
        assert to in ARROWS[S.PUBLISHED]
        assert S.PUBLISHED in ARROWS[to]
    assert S.REMOVED in ARROWS[S.HELD]
    assert S.HELD in ARROWS[S.REMOVED]


def corrected(signature: Signature) -> None:
    Signature.objects.filter(pk=signature.pk).update(name="Somebody Else")


def withdrawn(signature: Signature) -> None:
    changes.withdraw(signature.pk, now=timezone.now())


def decided_twice(signature: Signature) -> None:
    decide(signature, "held")
    decide(signature, "removed")


SINCE_FOUND: dict[str, Callable[[Signature], None]] = {
    "words": corrected,
    "state": withdrawn,
}


@pytest.mark.parametrize("why", SINCE_FOUND)
def test_what_changed_since_it_was_found_is_left_and_listed(why: str) -> None:
    letter = make_letter()
    changed, other = make_published(letter), make_published(letter)
    sweep = found(letter)
    SINCE_FOUND[why](changed)
    before = state_of(changed)
    work(begin(sweep))
    assert (state_of(changed), state_of(other), left(sweep)) == (
        before, "removed", {changed.pk: why},
    )  # fmt: skip
    number(letter)


SINCE_SWEPT: dict[str, tuple[Callable[[Signature], Any], str]] = {
    "withdrawn": (withdrawn, "state"),
    "published again": (lambda one: decide(one, "published"), "state"),
    "decided twice": (decided_twice, "decided"),
    "other words": (corrected, "words"),
}


@pytest.mark.parametrize("what", SINCE_SWEPT)
def test_what_changed_since_it_was_swept_is_left_when_the_sweep_is_undone(what: str) -> None:
    act, why = SINCE_SWEPT[what]
    letter = make_letter()
    changed, other = make_published(letter), make_published(letter)
    sweep = swept(letter, domain="example.org")
    act(changed)
    before = state_of(changed)
    undo(sweep)
    assert (state_of(changed), state_of(other)) == (before, "published")
    assert left(sweep) == {changed.pk: why}
    number(letter)


def test_whose_address_signed_anew_is_left_when_the_sweep_is_undone() -> None:
    letter = make_letter()
    first = make_published(letter, email="twice@example.org")
    sweep = swept(letter, domain="example.org")
    again = make_held(letter, email="twice@example.org")
    undo(sweep)
    assert (state_of(first), state_of(again)) == ("removed", "held")
    assert left(sweep) == {first.pk: "address"}


def test_what_a_moderator_had_before_them_waits_for_nobody_any_more() -> None:
    letter = make_letter()
    waits = make_held(letter)
    reviews.claim("signature", waits.pk, moderator_id=moderator().pk)
    swept(letter, domain="example.org")
    assert not Review.objects.exists()


def test_a_sweep_can_be_stopped_and_gone_on_with() -> None:
    letter = make_letter()
    for _ in range(4):
        make_published(letter)
    sweep = begin(found(letter))
    actor, now = moderator().pk, timezone.now()
    assert batches.sweep(sweep.pk, size=2)
    flows.stop(sweep_id=sweep.pk, actor_id=actor, now=now)
    assert not batches.sweep(sweep.pk, size=2)
    assert number(letter) == 2
    flows.go_on(sweep_id=sweep.pk, actor_id=actor, now=now)
    work(sweep)
    assert (number(letter), sweep.state, sweep.done) == (0, "done", 4)


def test_a_stopped_sweep_can_be_undone() -> None:
    letter = make_letter()
    for _ in range(4):
        make_published(letter)
    sweep = begin(found(letter))
    batches.sweep(sweep.pk, size=2)
    flows.stop(sweep_id=sweep.pk, actor_id=moderator().pk, now=timezone.now())
    undo(sweep)
    assert (number(letter), Swept.objects.filter(outcome="waiting").count()) == (4, 2)


def large(letter: Any) -> Sweep:
    make_many(letter, MOST_ALONE + 1, email_domain="example.org")
    return begin(found(letter))


def test_a_large_sweep_takes_the_yes_of_another_moderator() -> None:
    letter = make_letter()
    sweep = large(letter)
    assert (sweep.state, batches.sweep(sweep.pk)) == ("asked", False)
    with pytest.raises(flows.NeedsAnother):
        flows.agree(sweep_id=sweep.pk, actor_id=moderator().pk, now=timezone.now())
    flows.agree(sweep_id=sweep.pk, actor_id=moderator("olive@example.org").pk, now=timezone.now())
    work(sweep)
    assert (sweep.state, number(letter)) == ("done", 0)
    acts = AuditEntry.objects.filter(object_kind="sweep").order_by("pk")
    assert list(acts.values_list("action", "actor__email")) == [
        ("ask for sweep", "mia@example.org"),
        ("agree to sweep", "olive@example.org"),
    ]


def test_the_database_lets_no_large_sweep_run_that_only_one_wants() -> None:
    sweep = large(make_letter())
    for agreed_by in (None, sweep.begun_by):
        sweep.state, sweep.agreed_by = "running", agreed_by
        with pytest.raises(IntegrityError), transaction.atomic():
            sweep.save()


def test_every_act_stands_on_the_record() -> None:
    make_published()
    begin_undo(swept())
    acts = AuditEntry.objects.filter(object_kind="sweep").order_by("pk")
    assert list(acts.values_list("action", flat=True)) == ["begin sweep", "undo sweep"]


@pytest.mark.parametrize("state", SWEEP_ARROWS)
def test_an_act_that_fits_no_state_is_refused(state: str) -> None:
    make_published()
    sweep = begin(found())
    Sweep.objects.filter(pk=sweep.pk).update(state=state)
    acts: dict[str, Callable[..., None]] = {
        "stopped": flows.stop,
        "undoing": lambda **by: flows.undo(reason="", **by),
    }
    for to, act in acts.items():
        if to not in SWEEP_ARROWS[state]:
            with pytest.raises(flows.NotNow):
                act(sweep_id=sweep.pk, actor_id=moderator().pk, now=timezone.now())
