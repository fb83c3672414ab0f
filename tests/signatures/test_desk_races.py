"""Two moderators, or a moderator and somebody else, at one card at the same moment (T49, T50)."""

from __future__ import annotations

from functools import partial

import pytest
from django.utils import timezone

from openletter.ledger import recounting
from openletter.ledger.models import LedgerEntry
from openletter.letters.models import Letter
from openletter.moderation import audit
from openletter.privacy import flows as privacy_flows
from openletter.privacy.flows import Erasure
from openletter.self_service import changes
from openletter.signatures import decisions
from openletter.signatures.models import Signature
from tests.factories import make_held, make_letter, make_moderator
from tests.racing import behind
from tests.steps import state_of

pytestmark = pytest.mark.django_db(transaction=True)
S = Signature.State
NOW = timezone.now


@pytest.fixture(autouse=True)
def letter(transactional_db: None) -> Letter:
    return make_letter()


@pytest.fixture
def card(letter: Letter) -> Signature:
    return make_held(letter, held_because="burst")


@pytest.fixture
def mia() -> int:
    return make_moderator("mia@example.org", second_factor=False).pk


@pytest.fixture
def omar() -> int:
    return make_moderator("omar@example.org", second_factor=False).pk


def press(card: Signature, to: S, actor_id: int) -> type[Exception] | None:
    """Decide about a card as it was seen; return how it was refused."""
    try:
        _move(card, S.HELD, to, actor_id)
    except decisions.NotAllowed as problem:
        return type(problem)
    return None


def undo(card: Signature, decided: S, actor_id: int) -> type[Exception] | None:
    """Take a decision back; return how it was refused."""
    try:
        decisions.undo(
            signature_id=card.pk,
            revision=card.revision,
            decided=decided,
            actor_id=actor_id,
            held_because="burst",
            now=NOW(),
        )
    except decisions.NotAllowed as problem:
        return type(problem)
    return None


def remove_after_all(card: Signature, actor_id: int) -> None:
    """Decide about what is published, as on a signature's own page."""
    _move(card, S.PUBLISHED, S.REMOVED, actor_id)


def restore(card: Signature, actor_id: int) -> None:
    _move(card, S.REMOVED, S.PUBLISHED, actor_id)


def _move(card: Signature, seen: S, to: S, actor_id: int) -> None:
    decisions.decide(
        signature_id=card.pk,
        revision=card.revision,
        seen=seen,
        to=to,
        actor_id=actor_id,
        reason="known",
        now=NOW(),
    )


def lines() -> list[str]:
    """Return what the number was moved by, and see that it agrees with everything else."""
    assert all(one.agrees for one in recounting.recount())
    return [entry.kind for entry in LedgerEntry.objects.order_by("index")]


def acts(card: Signature) -> list[str]:
    found = audit.entries_about("signature", card.public_id)
    return list(found.order_by("pk").values_list("action", flat=True))


@pytest.mark.parametrize(("first", "second"), [(S.PUBLISHED, S.REMOVED), (S.REMOVED, S.PUBLISHED)])
def test_of_two_moderators_who_press_at_once_the_first_decides_and_the_other_is_told(
    card: Signature, mia: int, omar: int, first: S, second: S
) -> None:
    refused = behind(partial(press, card, first, mia), partial(press, card, second, omar))
    assert refused is decisions.ChangedMeanwhile
    assert state_of(card) == first
    assert lines() == (["signed"] if first == S.PUBLISHED else [])
    assert len(acts(card)) == 1


def test_of_two_moderators_who_publish_at_once_one_counts_it(
    card: Signature, mia: int, omar: int
) -> None:
    behind(partial(press, card, S.PUBLISHED, mia), partial(press, card, S.PUBLISHED, omar))
    assert (lines(), acts(card)) == (["signed"], ["published signature"])


def test_what_another_decides_while_one_undoes_stands(card: Signature, mia: int, omar: int) -> None:
    press(card, S.PUBLISHED, mia)
    refused = behind(partial(remove_after_all, card, omar), partial(undo, card, S.PUBLISHED, mia))
    assert issubclass(refused or type(None), decisions.NotAllowed)
    assert (state_of(card), lines()) == ("removed", ["signed", "removed"])


def test_what_another_publishes_again_meanwhile_is_not_undone(
    card: Signature, mia: int, omar: int
) -> None:
    press(card, S.PUBLISHED, mia)

    def remove_and_restore() -> None:
        remove_after_all(card, omar)
        restore(card, omar)

    refused = behind(remove_and_restore, partial(undo, card, S.PUBLISHED, mia))
    assert (refused, state_of(card)) == (decisions.ChangedMeanwhile, "published")


def test_what_is_undone_waits_for_whoever_presses_then(
    card: Signature, mia: int, omar: int
) -> None:
    press(card, S.REMOVED, mia)
    refused = behind(partial(undo, card, S.REMOVED, mia), partial(press, card, S.PUBLISHED, omar))
    assert (refused, state_of(card), lines()) == (None, "published", ["signed"])


def test_one_decision_is_undone_once_by_two_windows(card: Signature, mia: int) -> None:
    press(card, S.PUBLISHED, mia)
    again = partial(undo, card, S.PUBLISHED, mia)
    refused = behind(again, again)
    assert issubclass(refused or type(None), decisions.NotAllowed)
    assert (state_of(card), lines()) == ("held", ["signed", "removed"])


def test_who_withdraws_behind_the_undoing_of_a_decision_stays_withdrawn(
    card: Signature, mia: int
) -> None:
    press(card, S.PUBLISHED, mia)
    behind(partial(undo, card, S.PUBLISHED, mia), partial(changes.withdraw, card.pk, now=NOW()))
    assert (state_of(card), lines()) == ("withdrawn", ["signed", "removed"])


@pytest.mark.parametrize("keep_count", [False, True])
def test_nothing_is_undone_of_whom_is_erased_meanwhile(
    card: Signature, mia: int, *, keep_count: bool
) -> None:
    press(card, S.PUBLISHED, mia)
    what = Erasure(bytes(card.email_key), card.letter, keep_count)
    erase = partial(privacy_flows.erase, what, now=NOW())
    refused = behind(erase, partial(undo, card, S.PUBLISHED, mia))
    assert issubclass(refused or type(None), decisions.NotAllowed)
    assert state_of(card) == ("published" if keep_count else "withdrawn")
    lines()
