"""A sweep and somebody else at the same moment, with real threads: nobody's act is lost (T13)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from openletter.ledger.models import LedgerEntry
from openletter.letters.models import Letter
from openletter.privacy import flows as privacy_flows
from openletter.privacy.flows import Erasure
from openletter.self_service import changes
from openletter.signatures import confirmation, counting, decisions
from openletter.signatures.models import Signature
from openletter.sweeps import batches, flows
from openletter.sweeps.models import MOST_ALONE, Sweep, Swept
from tests.factories import (
    decide,
    make_held,
    make_letter,
    make_many,
    make_published,
    make_signature,
)
from tests.live.waiting import PATIENCE
from tests.racing import Doing, behind
from tests.steps import state_of
from tests.sweeps.steps import begin, begin_undo, found, left, moderator, number, swept, work

pytestmark = pytest.mark.django_db(transaction=True)
NOW = timezone.now


@pytest.fixture(autouse=True)
def letter(transactional_db: None) -> Letter:
    return make_letter()


def withdraw(signature: Signature) -> str:
    try:
        changes.withdraw(signature.pk, now=NOW())
    except changes.NotNow as problem:
        return str(problem)
    return ""


def erase(signature: Signature, *, keep_count: bool = False) -> None:
    what = Erasure(bytes(signature.email_key), signature.letter, keep_count)
    privacy_flows.erase(what, now=NOW())


def hold(signature: Signature) -> None:
    decide(signature, "held")


def publish(signature: Signature) -> type[Exception] | None:
    """Press "Publish" on what was seen before the sweep; return how it was refused."""
    try:
        decisions.decide(
            signature_id=signature.pk,
            revision=signature.revision,
            seen=Signature.State(signature.state),
            to=Signature.State.PUBLISHED,
            actor_id=None,
            reason="known",
            now=NOW(),
        )
    except decisions.NotAllowed as problem:
        return type(problem)
    return None


def correct(signature: Signature) -> None:
    unsaid = dict.fromkeys(("represented_by", "title", "affiliation", "country", "comment"), "")
    changes.correct(signature.pk, to=changes.Correction(name="Susan Signer", **unsaid), now=NOW())


# --- Somebody acts, and a batch comes ------------------------------------------------------------

BEFORE: dict[str, tuple[Callable[[Signature], Any], str, str]] = {
    "owner withdraws": (withdraw, "withdrawn", "state"),
    "owner corrects": (correct, "published", "words"),
    "erased": (erase, "withdrawn", "erased"),
    "erased, and goes on counting": (partial(erase, keep_count=True), "published", "erased"),
    "moderator holds": (hold, "held", "state"),
}


@pytest.mark.parametrize("who", BEFORE)
def test_t13_a_batch_passes_over_what_somebody_acts_on_and_comes_back_to_it(who: str) -> None:
    act, becomes, why = BEFORE[who]
    taken, other = make_published(), make_published()
    sweep = begin(found())
    assert behind(partial(act, taken), partial(batches.sweep, sweep.pk)) is False
    assert (state_of(other), Sweep.objects.get().state) == ("removed", "running")
    work(sweep)
    assert (state_of(taken), left(sweep), sweep.state) == (becomes, {taken.pk: why}, "done")
    assert number() == int(becomes == "published")


# --- A batch is under way, and somebody comes -----------------------------------------------------


def test_t13_an_owner_withdraws_behind_a_batch_for_good() -> None:
    signature = make_published()
    sweep = begin(found())
    assert behind(partial(batches.sweep, sweep.pk), partial(withdraw, signature)) == ""
    assert (state_of(signature), number()) == ("withdrawn", 0)
    kinds = LedgerEntry.objects.order_by("index").values_list("kind", flat=True)
    assert list(kinds) == ["signed", "removed"]


@pytest.mark.parametrize("keep_count", [True, False])
def test_t13_somebody_is_erased_behind_a_batch(keep_count: bool) -> None:
    signature = make_published()
    sweep = begin(found())
    behind(partial(batches.sweep, sweep.pk), partial(erase, signature, keep_count=keep_count))
    signature.refresh_from_db()
    assert (signature.name, number()) == ("", 0)
    assert work(begin_undo(sweep)).kept == 1
    assert number() == 0


def test_t13_a_moderator_who_saw_it_before_the_sweep_is_told() -> None:
    waits = make_held()
    sweep = begin(found())
    refused = behind(partial(batches.sweep, sweep.pk), partial(publish, waits))
    assert (refused, state_of(waits), number()) == (decisions.ChangedMeanwhile, "removed", 0)


def test_t13_whoever_signs_anew_while_the_first_is_swept_and_the_batch_wait_not_for_each_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A confirmation that held the number would wait for the place that the batch gives free."""
    first = make_published(email="twice@example.org")
    again = make_signature(email="twice@example.org")
    sweep = begin(found())
    count, confirms = counting.count_all, []

    def count_when_somebody_waits(*given: Any, **named: Any) -> None:
        confirms.append(Doing(threads, partial(confirmation.confirm, again, now=NOW())))
        confirms[0].wait_until_it_waits()
        count(*given, **named)

    monkeypatch.setattr(counting, "count_all", count_when_somebody_waits)
    with ThreadPoolExecutor(1) as threads:
        batches.sweep(sweep.pk)
        confirms[0].result.result(PATIENCE)
    assert (state_of(first), number()) == ("removed", 1)


def test_t13_a_batch_that_comes_while_an_address_confirms_passes_over_it() -> None:
    make_published(email="twice@example.org")
    again = make_signature(email="other@example.org")
    sweep = begin(found())
    behind(partial(confirmation.confirm, again, now=NOW()), partial(batches.sweep, sweep.pk))
    work(sweep)
    assert (sweep.done, number()) == (1, 1)


# --- Undoing --------------------------------------------------------------------------------------


def test_what_somebody_decides_while_a_sweep_is_undone_stands() -> None:
    taken, other = make_published(), make_published()
    sweep = begin_undo(swept())
    behind(partial(hold, taken), partial(batches.undo, sweep.pk))
    work(sweep)
    assert (state_of(taken), state_of(other), left(sweep)) == (
        "held", "published", {taken.pk: "state"},
    )  # fmt: skip
    assert number() == 1


def test_an_owner_withdraws_behind_the_undoing_of_a_sweep() -> None:
    signature = make_published()
    sweep = begin_undo(swept())
    assert behind(partial(batches.undo, sweep.pk), partial(withdraw, signature)) == ""
    assert (state_of(signature), number()) == ("withdrawn", 0)


@pytest.mark.parametrize("keep_count", [False, True])
def test_t13_whoever_is_erased_while_their_sweep_is_undone_stays_erased(keep_count: bool) -> None:
    taken, other = make_published(), make_published()
    sweep = begin_undo(swept())
    behind(partial(erase, taken, keep_count=keep_count), partial(batches.undo, sweep.pk))
    work(sweep)
    assert (state_of(taken), state_of(other)) == ("withdrawn", "published")
    assert (left(sweep), number()) == ({taken.pk: "erased"}, 1)


def test_an_address_that_signs_anew_while_a_sweep_is_undone_counts_once() -> None:
    first = make_published(email="twice@example.org")
    sweep = swept()
    again = make_signature(email="twice@example.org")
    begin_undo(sweep)
    behind(partial(confirmation.confirm, again, now=NOW()), partial(batches.undo, sweep.pk))
    work(sweep)
    counted = Signature.objects.counted().filter(email_key=first.email_key)
    assert (counted.count(), left(sweep)) == (1, {first.pk: "address"})
    number()


# --- Two of the same ------------------------------------------------------------------------------


def test_two_workers_on_one_sweep_take_each_signature_once() -> None:
    make_many(Letter.objects.get(), 60, email_domain="example.org")
    sweep = begin(found())

    def run() -> None:
        try:
            for _ in range(200):
                batches.sweep(sweep.pk, size=3)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        for doing in [threads.submit(run) for _ in range(2)]:
            doing.result()
    work(sweep)
    assert (sweep.done, sweep.left, number()) == (60, 0, 0)
    assert LedgerEntry.objects.filter(batch=sweep.public_id).count() == 60


def test_a_second_worker_leaves_a_sweep_alone_that_another_has_in_hand() -> None:
    make_published()
    sweep = begin(found())
    assert behind(partial(batches.sweep, sweep.pk), partial(batches.sweep, sweep.pk)) is False
    assert number() == 0


def agree(sweep: Sweep, email: str) -> type[Exception] | None:
    try:
        flows.agree(sweep_id=sweep.pk, actor_id=moderator(email).pk, now=NOW())
    except flows.NotNow as problem:
        return type(problem)
    return None


def test_of_two_second_moderators_one_agrees_and_the_other_is_told() -> None:
    make_many(Letter.objects.get(), MOST_ALONE + 1, email_domain="example.org")
    sweep = begin(found())
    for email in ("olive@example.org", "sam@example.org"):
        moderator(email)
    second = behind(
        partial(agree, sweep, "olive@example.org"), partial(agree, sweep, "sam@example.org")
    )
    sweep.refresh_from_db()
    agreed_by = sweep.agreed_by
    assert agreed_by is not None
    assert (second, agreed_by.email) == (flows.NotNow, "olive@example.org")


def test_a_sweep_that_is_stopped_behind_a_batch_ends_with_it() -> None:
    make_many(Letter.objects.get(), 6, email_domain="example.org")
    sweep = begin(found())
    stop = partial(flows.stop, sweep_id=sweep.pk, actor_id=moderator().pk, now=NOW())
    behind(partial(batches.sweep, sweep.pk, size=3), stop)
    work(sweep)
    assert (sweep.state, number()) == ("stopped", 3)


@transaction.atomic
def die_in_a_batch(sweep: Sweep) -> None:
    batches.sweep(sweep.pk, size=2)
    raise KeyboardInterrupt


def test_a_worker_that_dies_in_a_batch_has_done_nothing_of_it() -> None:
    """What kill -9 leaves is a transaction that never ends, and PostgreSQL takes it back."""
    make_many(Letter.objects.get(), 5, email_domain="example.org")
    sweep = begin(found())
    batches.sweep(sweep.pk, size=2)
    with pytest.raises(KeyboardInterrupt):
        die_in_a_batch(sweep)
    assert (number(), Swept.objects.filter(outcome="done").count()) == (3, 2)
    work(sweep)
    assert (sweep.done, number()) == (5, 0)
