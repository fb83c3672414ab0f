"""A decision about an objection can be taken back until its mails leave (T13)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from openletter.accounts.models import User
from openletter.claims import answers, undoing
from openletter.claims.models import Appeal, Claim, LetterClaims
from openletter.letters.models import Letter
from openletter.mail.models import OutgoingMail
from openletter.mail.outbox.messages import compose
from openletter.moderation.models import AuditEntry
from openletter.self_service import changes
from openletter.signatures.models import Signature
from tests.claims.steps import CARDS, appealed, claimed, number_of, removed
from tests.factories import decide, log_in, make_letter, make_moderator, make_published
from tests.steps import MALLORY, link, state_of
from tests.sweeps.steps import begin, found, work

pytestmark = pytest.mark.django_db
S = Signature.State
APPEAL, CLAIM = "claims.appeal_decided", "claims.decided"


@pytest.fixture
def suzie(db: None) -> User:
    """Return the moderator who removes."""
    return make_moderator("suzie@example.org")


@pytest.fixture
def sam(db: None) -> User:
    """Return the one who decides."""
    return make_moderator("sam@example.org")


@pytest.fixture
def desk(sam: User) -> Client:
    return log_in(sam)


@pytest.fixture
def letter(db: None) -> Letter:
    return make_letter()


def answer(desk: Client, objection: Appeal | Claim, act: str, **typed: str) -> Any:
    kind = "appeal" if isinstance(objection, Appeal) else "claim"
    seen = Signature.objects.get(pk=objection.signature_id)
    sent = {kind: objection.pk, "revision": seen.revision, "act": act, **typed}
    return desk.post(CARDS, sent)


def undo(desk: Client) -> Any:
    return desk.post(f"{CARDS}undo/", follow=True)


def owed(kind: str) -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(kind=kind, state="due"))


def said(page: Any) -> str:
    """What was said last: nobody looked at the pages before."""
    return str([message.level_tag for message in page.context["messages"]][-1])


def outcome(appeal: Appeal) -> str:
    return Appeal.objects.get(pk=appeal.pk).outcome


def state(claim: Claim) -> str:
    return Claim.objects.get(pk=claim.pk).state


@pytest.mark.parametrize(("act", "becomes"), [("granted", "published"), ("denied", "removed")])
def test_an_answer_to_an_appeal_is_taken_back_with_its_mail(
    letter: Letter, suzie: User, desk: Client, act: str, becomes: str
) -> None:
    signature = removed(letter, suzie)
    appeal = appealed(signature)
    answer(desk, appeal, act)
    assert state_of(signature) == becomes
    (mail,) = owed(APPEAL)
    assert mail.due_at - timezone.now() > answers.DELAY - timedelta(minutes=1)
    page = undo(desk)
    assert (said(page), page.context["appeal"]) == ("success", appeal)
    assert (state_of(signature), outcome(appeal), number_of(letter)) == ("removed", "waiting", 0)
    assert (owed(APPEAL), compose(mail)) == ([], None)
    answer(desk, appeal, "granted")
    assert (state_of(signature), outcome(appeal), number_of(letter)) == ("published", "granted", 1)
    assert len(owed(APPEAL)) == 1


def test_an_appeal_against_a_sweep_is_taken_back_too(letter: Letter, desk: Client) -> None:
    signature = make_published(letter)
    sweep = work(begin(found(letter)))
    appeal = appealed(signature)
    answer(desk, appeal, "granted")
    page = undo(desk)
    assert (page.context["appeal"], page.context["removal"].sweep) == (appeal, sweep)
    assert (state_of(signature), outcome(appeal)) == ("removed", "waiting")


def test_who_takes_back_a_restoring_is_not_the_one_who_removed_it(
    letter: Letter, suzie: User, desk: Client
) -> None:
    appeal = appealed(removed(letter, suzie))
    answer(desk, appeal, "granted")
    undo(desk)
    assert desk.get(CARDS).context["appeal"] == appeal
    assert log_in(suzie).get(CARDS).context.get("appeal") is None
    actions = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions)[-3:] == ["published signature", "reopened appeal", "removed signature"]


def test_a_removal_that_a_claim_led_to_is_taken_back_with_all_its_mails(
    letter: Letter, desk: Client
) -> None:
    entry = make_published(letter)
    first, second = claimed(entry), claimed(entry, email=MALLORY)
    answer(desk, first, "right")
    assert (len(owed(CLAIM)), len(owed("signatures.removed"))) == (2, 1)
    soon = timezone.now() + answers.DELAY - timedelta(minutes=1)
    assert all(mail.due_at > soon for mail in owed(CLAIM))
    page = undo(desk)
    assert page.context["claim"] == first
    assert (state_of(entry), number_of(letter)) == ("published", 1)
    assert (state(first), state(second)) == ("claimed", "claimed")
    assert owed(CLAIM) + owed("signatures.removed") + owed("signatures.restored") == []
    answer(desk, first, "right")
    assert (len(owed(CLAIM)), len(owed("signatures.removed"))) == (2, 1)


def test_a_name_that_was_kept_is_asked_about_again(letter: Letter, desk: Client) -> None:
    entry = make_published(letter)
    claim = claimed(entry)
    answer(desk, claim, "not right", given="given: asked")
    assert AuditEntry.objects.latest("pk").reason == "given: asked"
    undo(desk)
    assert (state(claim), state_of(entry), owed(CLAIM)) == ("claimed", "published", [])


@pytest.mark.parametrize("act", ["right", "not right"])
def test_a_name_that_was_hidden_is_hidden_again(letter: Letter, desk: Client, act: str) -> None:
    LetterClaims.objects.create(letter=letter, hides_claimed=True)
    entry = make_published(letter)
    claim = claimed(entry)
    answer(desk, claim, act)
    undo(desk)
    entry.refresh_from_db()
    assert (entry.state, entry.held_because, state(claim)) == ("held", "claimed", "claimed")
    answer(desk, claim, "not right")
    assert (state_of(entry), number_of(letter)) == ("published", 1)


def test_once_the_mails_leave_it_is_too_late(letter: Letter, suzie: User, desk: Client) -> None:
    signature = removed(letter, suzie)
    appeal = appealed(signature)
    answer(desk, appeal, "granted")
    long_ago = timezone.now() - answers.UNDONE_WITHIN - timedelta(seconds=1)
    Appeal.objects.update(decided_at=long_ago)
    assert said(undo(desk)) == "error"
    assert (state_of(signature), outcome(appeal), len(owed(APPEAL))) == ("published", "granted", 1)


def withdraw(signature: Signature) -> None:
    changes.withdraw(signature.pk, now=timezone.now())


def held(signature: Signature) -> None:
    signature.refresh_from_db()
    decide(signature, S.HELD)


@pytest.mark.parametrize(("act", "becomes"), [(withdraw, "withdrawn"), (held, "held")])
def test_what_somebody_changed_since_is_left(
    letter: Letter, suzie: User, desk: Client, act: Any, becomes: str
) -> None:
    signature = removed(letter, suzie)
    appeal = appealed(signature)
    answer(desk, appeal, "granted")
    act(signature)
    assert said(undo(desk)) == "error"
    assert (state_of(signature), outcome(appeal)) == (becomes, "granted")


def test_what_others_decided_meanwhile_is_left_though_it_looks_the_same(
    letter: Letter, suzie: User, desk: Client
) -> None:
    signature = removed(letter, suzie)
    appeal = appealed(signature)
    answer(desk, appeal, "granted")
    for to in (S.HELD, S.PUBLISHED):
        signature.refresh_from_db()
        decide(signature, to)
    assert said(undo(desk)) == "error"
    assert (state_of(signature), outcome(appeal)) == ("published", "granted")


def test_nobody_takes_back_what_another_decided(
    letter: Letter, suzie: User, sam: User, desk: Client
) -> None:
    appeal = appealed(removed(letter, suzie))
    answer(desk, appeal, "denied")
    olive = make_moderator("olive@example.org")
    assert said(undo(log_in(olive))) == "warning"
    with pytest.raises(undoing.ChangedMeanwhile):
        undoing.undo_appeal(appeal.pk, actor_id=olive.pk, now=timezone.now())
    assert outcome(appeal) == "denied"


def test_the_last_decisions_are_taken_back_one_after_the_other(
    letter: Letter, suzie: User, desk: Client
) -> None:
    one, two = appealed(removed(letter, suzie)), appealed(removed(letter, suzie))
    answer(desk, one, "denied")
    answer(desk, two, "denied")
    undo(desk)
    assert (outcome(one), outcome(two)) == ("denied", "waiting")
    undo(desk)
    assert (outcome(one), said(undo(desk))) == ("waiting", "warning")


def test_what_its_owner_had_erased_does_not_stand_before_what_was_decided_earlier(
    letter: Letter, suzie: User, desk: Client
) -> None:
    appeal = appealed(removed(letter, suzie))
    answer(desk, appeal, "denied")
    claim = claimed(make_published(letter))
    answer(desk, claim, "not right")
    claim.delete()
    assert said(undo(desk)) == "error"
    undo(desk)
    assert outcome(appeal) == "waiting"


def test_why_it_stays_removed_is_said_in_the_mail_and_on_the_page(
    letter: Letter, suzie: User, desk: Client
) -> None:
    signature = removed(letter, suzie)
    answer(desk, appealed(signature), "denied", reason="The registry lists nobody so")
    message = compose(owed(APPEAL)[0])
    assert message is not None
    assert "The registry lists nobody so" in message.body
    assert "lists nobody so" in Client().get(link(signature, "appeal")).content.decode()


def test_a_reason_beside_the_other_button_says_nothing(
    letter: Letter, suzie: User, desk: Client
) -> None:
    signature = removed(letter, suzie)
    answer(desk, appealed(signature), "granted", given="given: unproven")
    entry = AuditEntry.objects.filter(action="published signature").latest("pk")
    assert entry.reason == "given: appealed"


def test_a_reason_that_is_too_short_is_asked_for_again_on_the_same_card(
    letter: Letter, suzie: User, desk: Client
) -> None:
    appealed(removed(letter, suzie))
    appeal = appealed(removed(letter, suzie))
    page = answer(desk, appeal, "denied", reason="no")
    assert (page.status_code, page.context["appeal"], outcome(appeal)) == (422, appeal, "waiting")
    assert 'value="no"' in page.content.decode()
