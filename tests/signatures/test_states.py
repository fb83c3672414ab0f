"""One test per arrow of a signature's states, what each does to the number, and no other arrow."""

from __future__ import annotations

from itertools import product

import pytest
from django.db import IntegrityError
from django.utils import timezone

from openletter.ledger.models import LedgerEntry, Tally
from openletter.lib.db.constraints import broken_by
from openletter.moderation.models import AuditEntry
from openletter.signatures import confirmation, decisions
from openletter.signatures.models import ARROWS, Signature
from tests import factories
from tests.factories import make_held, make_published, make_signature, make_staff

pytestmark = pytest.mark.django_db
S = Signature.State


def decide(signature: Signature, to: S) -> None:
    factories.decide(signature, to)
    signature.refresh_from_db()


def number() -> int:
    tally = Tally.objects.first()
    return tally.people + tally.organisations if tally else 0


def kinds() -> list[str]:
    return list(LedgerEntry.objects.order_by("index").values_list("kind", flat=True))


def test_pending_to_published() -> None:
    signature = make_published()
    assert (signature.state, number(), kinds()) == ("published", 1, ["signed"])
    assert signature.ledger_index == 0


def test_pending_to_held() -> None:
    signature = make_signature(name="aaaaaaaaa")
    confirmation.confirm(signature, now=timezone.now())
    assert (Signature.objects.get().state, number()) == ("held", 0)


def test_held_to_published() -> None:
    signature = make_held()
    decide(signature, S.PUBLISHED)
    assert (signature.state, number(), kinds()) == ("published", 1, ["signed"])


def test_held_to_removed() -> None:
    signature = make_held()
    decide(signature, S.REMOVED)
    assert (signature.state, number(), kinds()) == ("removed", 0, [])


def test_published_to_removed_and_back() -> None:
    signature = make_published()
    decide(signature, S.REMOVED)
    assert (signature.state, number()) == ("removed", 0)
    decide(signature, S.PUBLISHED)
    assert (signature.state, number()) == ("published", 1)
    assert kinds() == ["signed", "removed", "restored"]
    assert signature.ledger_index == 0  # it keeps its place in the list


def test_published_to_held_and_back() -> None:
    signature = make_published()
    decide(signature, S.HELD)
    assert (signature.state, number()) == ("held", 0)
    decide(signature, S.PUBLISHED)
    assert (number(), kinds()) == (1, ["signed", "removed", "restored"])


def test_an_organisation_moves_its_own_number() -> None:
    signature = make_published(kind="organisation")
    tally = Tally.objects.get()
    assert (tally.people, tally.organisations) == (0, 1)
    decide(signature, S.REMOVED)
    tally.refresh_from_db()
    assert (tally.people, tally.organisations) == (0, 0)


def test_the_ledger_says_the_number_after_each_line() -> None:
    first = make_published()
    make_published()
    decide(first, S.REMOVED)
    lines = LedgerEntry.objects.order_by("index").values_list("index", "count")
    assert list(lines) == [(0, 1), (1, 2), (2, 1)]


def test_i11_a_decision_is_recorded_with_who_and_why() -> None:
    moderator = make_staff()
    signature = make_published()
    decisions.decide(
        signature_id=signature.pk,
        revision=signature.revision,
        to=S.REMOVED,
        actor_id=moderator.pk,
        reason="forged",
        now=timezone.now(),
    )
    entry = AuditEntry.objects.get(object_kind="signature")
    assert (entry.actor, entry.reason) == (moderator, "forged")
    assert (entry.before, entry.after) == ({"state": "published"}, {"state": "removed"})


FORBIDDEN = [
    (before, after)
    for before, after in product(S, S)
    if after not in ARROWS[before] or before == S.PENDING
]


@pytest.mark.parametrize(("before", "after"), FORBIDDEN)
def test_there_is_no_other_arrow(before: S, after: S) -> None:
    signature = make_signature(state=before, confirmed_at=timezone.now())
    with pytest.raises(decisions.NotAllowed):
        decide(signature, after)
    assert Signature.objects.get().state == before
    assert not AuditEntry.objects.filter(object_kind="signature").exists()


def emptied(signature: Signature) -> Signature:
    """What retention, or an erasure that keeps the count, leaves of it."""
    Signature.objects.filter(pk=signature.pk).update(
        name="", email="", email_domain="", erased_at=timezone.now()
    )
    return signature


@pytest.mark.parametrize("to", [S.PUBLISHED, S.HELD])
@pytest.mark.parametrize("before", [S.HELD, S.PUBLISHED, S.REMOVED])
def test_what_says_nothing_any_more_is_neither_published_nor_looked_at_again(
    before: S, to: S
) -> None:
    signature = emptied(make_published() if before == S.PUBLISHED else make_held())
    Signature.objects.filter(pk=signature.pk).update(state=before)
    with pytest.raises(decisions.NotAllowed):
        decide(signature, to)


def test_the_database_lets_nothing_begin_to_count_that_is_erased() -> None:
    signature = emptied(make_held())
    with pytest.raises(IntegrityError) as refused:
        Signature.objects.filter(pk=signature.pk).update(state=S.PUBLISHED)
    assert broken_by(refused.value) == "what_is_erased_does_not_begin_to_count"


def test_removing_what_counts_without_a_name_can_be_undone() -> None:
    signature = emptied(make_published())
    decide(signature, S.REMOVED)
    decide(signature, S.PUBLISHED)
    assert (signature.state, kinds()) == ("published", ["signed", "removed", "restored"])


def test_a_removed_signature_does_not_come_back_beside_another_of_its_address() -> None:
    first = make_published(email="suzie@example.org")
    decide(first, S.REMOVED)
    make_published(email="suzie@example.org")
    with pytest.raises(decisions.NotAllowed):
        decide(first, S.PUBLISHED)
    assert number() == 1
