"""An objection and a sweep at the same moment, with real threads: no act is lost (T13)."""

from __future__ import annotations

from functools import partial

import pytest
from django.utils import timezone

from openletter.accounts.models import User
from openletter.claims import appeals, claiming
from openletter.claims.models import Appeal, Claim
from openletter.letters.models import Letter
from openletter.signatures.models import Signature
from openletter.sweeps import batches
from tests.claims.steps import appealed, claimed
from tests.factories import make_letter, make_moderator, make_published
from tests.racing import behind
from tests.steps import state_of
from tests.sweeps.steps import begin, begin_undo, found, left, number, swept, work

pytestmark = pytest.mark.django_db(transaction=True)
NOW = timezone.now


@pytest.fixture
def letter(transactional_db: None) -> Letter:
    return make_letter()


@pytest.fixture
def sam(transactional_db: None) -> User:
    return make_moderator("sam@example.org")


@pytest.fixture
def signature(letter: Letter) -> Signature:
    return make_published(letter)


def restore(appeal: Appeal, moderator: User) -> type[Exception] | None:
    try:
        appeals.decide(
            appeal.pk,
            to=Appeal.Outcome.RESTORED,
            revision=appeal.signature.revision,
            actor_id=moderator.pk,
            now=NOW(),
        )
    except appeals.ChangedMeanwhile as problem:
        return type(problem)
    return None


def decide(claim: Claim, to: Claim.State, moderator: User) -> type[Exception] | None:
    try:
        claiming.decide(
            claim.pk,
            to=to,
            revision=claim.signature.revision,
            actor_id=moderator.pk,
            now=NOW(),
        )
    except claiming.ChangedMeanwhile as problem:
        return type(problem)
    return None


def test_t13_who_is_restored_while_the_sweep_is_undone_counts_once(
    letter: Letter, signature: Signature, sam: User
) -> None:
    sweep = swept(letter)
    act = partial(restore, appealed(signature), sam)
    begin_undo(sweep)
    assert behind(partial(batches.undo, sweep.pk), act) is appeals.ChangedMeanwhile
    assert (state_of(signature), number()) == ("published", 1)


def test_t13_a_sweep_that_is_undone_behind_a_restoring_leaves_it(
    letter: Letter, signature: Signature, sam: User
) -> None:
    sweep = swept(letter)
    act = partial(restore, appealed(signature), sam)
    begin_undo(sweep)
    assert behind(act, partial(batches.undo, sweep.pk)) is False
    sweep = work(sweep)
    assert (left(sweep), sweep.state) == ({signature.pk: "state"}, "undone")
    assert (state_of(signature), number()) == ("published", 1)


def test_t13_a_claim_that_is_decided_behind_a_sweep_changes_nothing(
    letter: Letter, signature: Signature, sam: User
) -> None:
    act = partial(decide, claimed(signature), Claim.State.REMOVED, sam)
    sweep = begin(found(letter))
    assert behind(partial(batches.sweep, sweep.pk), act) is claiming.ChangedMeanwhile
    assert (state_of(signature), number()) == ("removed", 0)


@pytest.mark.parametrize(
    ("to", "becomes", "why"),
    [(Claim.State.REMOVED, "removed", "state"), (Claim.State.KEPT, "removed", "")],
)
def test_t13_a_sweep_behind_a_claim_judges_what_the_claim_left(
    letter: Letter, signature: Signature, sam: User, to: Claim.State, becomes: str, why: str
) -> None:
    act = partial(decide, claimed(signature), to, sam)
    sweep = begin(found(letter))
    behind(act, partial(batches.sweep, sweep.pk))
    sweep = work(sweep)
    assert left(sweep) == ({signature.pk: why} if why else {})
    assert (state_of(signature), number()) == (becomes, 0)


def test_t13_a_signer_objects_while_the_sweep_that_removed_them_is_undone(
    letter: Letter, signature: Signature
) -> None:
    sweep = begin_undo(swept(letter))

    def objecting() -> type[Exception] | None:
        try:
            appealed(signature)
        except appeals.NotRemoved as problem:
            return type(problem)
        return None

    assert behind(partial(batches.undo, sweep.pk), objecting) is appeals.NotRemoved
    assert (state_of(signature), Appeal.objects.exists()) == ("published", False)
