"""A signer objects to a sweep; somebody who neither made nor agreed it decides (T13)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from openletter.accounts.models import User
from openletter.claims import appeals
from openletter.claims.models import Appeal
from openletter.letters.models import Letter
from openletter.mail.models import OutgoingMail
from openletter.privacy import flows as privacy
from openletter.signatures.models import Signature
from openletter.sweeps.models import Sweep
from tests.claims.steps import CARDS, appealed, removed
from tests.factories import decide, log_in, make_letter, make_moderator, make_published
from tests.queries import queries_of
from tests.steps import link, press, state_of
from tests.sweeps.steps import begin, found, left, number, undo, work

pytestmark = pytest.mark.django_db
S = Signature.State


@pytest.fixture
def letter(db: None) -> Letter:
    return make_letter()


@pytest.fixture
def mia(db: None) -> User:
    """Return the moderator who sweeps."""
    return make_moderator("mia@example.org")


@pytest.fixture
def olive(db: None) -> User:
    """Return the one who agrees."""
    return make_moderator("olive@example.org")


@pytest.fixture
def sam(db: None) -> User:
    """Return one who has no part in it."""
    return make_moderator("sam@example.org")


@pytest.fixture
def swept(letter: Letter, mia: User, olive: User) -> Sweep:
    """Return a sweep of three that two moderators wanted."""
    for _ in range(3):
        make_published(letter)
    sweep = begin(found(letter), actor=mia, reason="odd names")
    Sweep.objects.filter(pk=sweep.pk).update(agreed_by=olive)
    return work(sweep)


@pytest.fixture
def signature(swept: Sweep) -> Signature:
    return Signature.objects.order_by("pk")[0]


def answer(moderator: User, appeal: Appeal, act: str) -> Any:
    seen = Signature.objects.get(pk=appeal.signature_id)
    sent = {"appeal": appeal.pk, "revision": seen.revision, "act": act}
    return log_in(moderator).post(CARDS, sent)


def outcome(appeal: Appeal) -> str:
    return Appeal.objects.get(pk=appeal.pk).outcome


def card(moderator: User) -> Any:
    return log_in(moderator).get(CARDS)


def test_a_signer_objects_to_a_sweep_and_somebody_else_restores_it(
    swept: Sweep, signature: Signature, sam: User
) -> None:
    page = Client().get(link(signature, "appeal")).content.decode()
    assert "together with others" in page
    assert "odd names" in page
    press(link(signature, "appeal"), {"text": "It is really me."})
    appeal = Appeal.objects.get()
    shown = card(sam)
    assert shown.context["appeal"] == appeal
    for words in ("It is really me.", "odd names", "mia@example.org", "olive@example.org"):
        assert words in shown.content.decode()
    answer(sam, appeal, "granted")
    assert (state_of(signature), outcome(appeal), number()) == ("published", "granted", 1)
    assert OutgoingMail.objects.filter(kind="claims.appeal_decided").count() == 1


@pytest.mark.parametrize("who", ["mia", "olive"])
def test_nobody_decides_who_made_the_sweep_or_agreed_to_it(
    signature: Signature, who: str, request: pytest.FixtureRequest
) -> None:
    appeal = appealed(signature)
    moderator = request.getfixturevalue(who)
    page = card(moderator)
    assert page.context.get("appeal") is None
    assert page.context["waiting"].for_others == 1
    answer(moderator, appeal, "granted")
    assert (state_of(signature), outcome(appeal)) == ("removed", "waiting")
    row = Appeal.objects.filter(pk=appeal.pk)
    with pytest.raises(IntegrityError, match="decides"), transaction.atomic():
        row.update(outcome="granted", decided_by=moderator, decided_at=timezone.now())


def test_a_removal_by_a_sweep_is_answered_once(signature: Signature) -> None:
    appeal = appealed(signature)
    with pytest.raises(appeals.AnsweredAlready):
        appealed(signature)
    appeal.pk = None
    with pytest.raises(IntegrityError, match="one_appeal_per_swept_signature"):
        appeal.save(force_insert=True)


def test_an_appeal_is_against_exactly_one_removal(signature: Signature) -> None:
    appeal = appealed(signature)
    with pytest.raises(IntegrityError, match="an_appeal_is_against_one_removal"):
        Appeal.objects.filter(pk=appeal.pk).update(sweep=None)


def test_what_an_appeal_restored_is_left_by_the_undoing_and_listed(
    swept: Sweep, signature: Signature, sam: User
) -> None:
    answer(sam, appealed(signature), "granted")
    undone = undo(swept)
    assert (undone.undone, left(undone)) == (2, {signature.pk: "state"})
    assert number() == 3


def test_what_an_appeal_left_removed_stays_so_when_the_sweep_is_undone(
    swept: Sweep, signature: Signature, sam: User
) -> None:
    answer(sam, appealed(signature), "denied")
    undone = undo(swept)
    assert (undone.undone, left(undone), state_of(signature)) == (
        2,
        {signature.pk: "decided"},
        "removed",
    )


def test_whoever_only_objected_comes_back_with_the_others(
    swept: Sweep, signature: Signature, sam: User
) -> None:
    appealed(signature)
    undone = undo(swept)
    assert (undone.undone, undone.kept, number()) == (3, 0, 3)
    assert card(sam).context.get("appeal") is None
    assert Client().get(link(signature, "appeal")).status_code == 410


def test_the_page_of_a_sweep_counts_who_objected_and_who_was_right(
    swept: Sweep, signature: Signature, sam: User
) -> None:
    address = f"/admin/sweeps/sweep/{swept.pk}/change/"
    assert "Objections of their signatories" not in log_in(sam).get(address).content.decode()
    right, wrong, waits = Signature.objects.order_by("pk")
    answer(sam, appealed(right), "granted")
    answer(sam, appealed(wrong), "denied")
    appealed(waits)
    objections = log_in(sam).get(address).context["objections"]
    assert (objections.made, objections.decided, objections.restored) == (3, 2, 1)


def test_ones_own_page_says_that_it_was_a_sweep_and_what_came_of_an_objection(
    signature: Signature, sam: User
) -> None:
    mine = link(signature, "")
    page = Client().get(mine).content.decode()
    for words in ("removed together with others", "odd names", "/appeal/"):
        assert words in page
    appeal = appealed(signature)
    page = Client().get(mine).content.decode()
    assert ("You have objected." in page, "/appeal/" in page) == (True, False)
    answer(sam, appeal, "denied")
    assert "it stays removed" in Client().get(mine).content.decode()


def test_removed_by_hand_since_it_is_that_removal_one_objects_to(
    signature: Signature, mia: User, sam: User
) -> None:
    first = appealed(signature)
    decide(signature, S.PUBLISHED)
    removed(signature.letter, sam, signature)
    assert card(sam).context.get("appeal") is None
    assert outcome(first) == "over"
    second = appealed(signature)
    assert (second.sweep_id, second.removed_by_id) == (None, sam.pk)
    answer(mia, second, "granted")
    assert outcome(second) == "granted"


def test_removed_by_hand_and_then_by_a_sweep_it_is_the_sweep(
    letter: Letter, mia: User, sam: User
) -> None:
    signature = removed(letter, sam)
    decide(signature, S.PUBLISHED)
    sweep = work(begin(found(letter), actor=mia))
    signature.refresh_from_db()
    assert appealed(signature).sweep_id == sweep.pk


def test_an_appeal_that_is_over_answers_nothing(signature: Signature, sam: User) -> None:
    appeal = appealed(signature)
    appeals.close(appeal.pk, now=timezone.now())
    answer(sam, appeal, "granted")
    assert (state_of(signature), outcome(appeal)) == ("removed", "over")


def test_a_signer_is_handed_what_they_wrote_and_not_who_swept(signature: Signature) -> None:
    appealed(signature)
    (held,) = privacy.export(bytes(signature.email_key), now=timezone.now())["claims"]["appeals"]
    assert held["text"] == "It is really me."
    assert not {"removed_by", "agreed_by", "decided_by"} & set(held)


def test_a_card_asks_for_the_same_however_many_were_swept(signature: Signature, sam: User) -> None:
    appealed(signature)
    desk = log_in(sam)
    few = queries_of(desk, CARDS)
    for one in Signature.objects.exclude(pk=signature.pk):
        appealed(one)
    assert queries_of(desk, CARDS) == few


def test_a_question_that_was_forgotten_is_said_to_be_unknown(
    swept: Sweep, signature: Signature, sam: User
) -> None:
    appealed(signature)
    Sweep.objects.filter(pk=swept.pk).update(domain="", name="", network_key=b"")
    assert "no longer known" in card(sam).content.decode()
