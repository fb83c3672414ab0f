"""Two acts on one objection at once: the second judges what the first left (T50)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from django.utils import timezone

from openletter.accounts.models import User
from openletter.claims import appeals, claiming, undoing
from openletter.claims.models import Appeal, Claim, LetterClaims
from openletter.letters.models import Letter
from openletter.mail.models import OutgoingMail
from openletter.mail.outbox.messages import compose
from openletter.privacy import flows as privacy
from openletter.privacy.flows import Erasure
from openletter.self_service import changes
from openletter.signatures.models import Signature
from tests.claims.steps import appealed, claimed, number_of, removed
from tests.factories import make_letter, make_moderator, make_published
from tests.racing import behind
from tests.steps import MALLORY, state_of

pytestmark = pytest.mark.django_db(transaction=True)
NOW = timezone.now
Refused = type[Exception] | None


@pytest.fixture
def letter(transactional_db: None) -> Letter:
    return make_letter()


@pytest.fixture
def suzie(transactional_db: None) -> User:
    return make_moderator("suzie@example.org")


@pytest.fixture
def sam(transactional_db: None) -> User:
    return make_moderator("sam@example.org")


@pytest.fixture
def olive(transactional_db: None) -> User:
    return make_moderator("olive@example.org")


def refusal_of(act: Callable[[], object]) -> Refused:
    """Return how an act was refused, None if it was done."""
    try:
        act()
    except (appeals.ChangedMeanwhile, appeals.NotRemoved, appeals.AnsweredAlready) as refused:
        return type(refused)
    except (claiming.ChangedMeanwhile, claiming.NoLongerOpen, undoing.ChangedMeanwhile) as refused:
        return type(refused)
    return None


def answering(appeal: Appeal, moderator: User, to: Appeal.Outcome) -> Callable[[], Refused]:
    revision = appeal.signature.revision
    act = partial(
        appeals.decide, appeal.pk, to=to, revision=revision, actor_id=moderator.pk, now=NOW()
    )
    return partial(refusal_of, act)


def deciding(claim: Claim, moderator: User, to: Claim.State) -> Callable[[], Refused]:
    revision = claim.signature.revision
    act = partial(
        claiming.decide, claim.pk, to=to, revision=revision, actor_id=moderator.pk, now=NOW()
    )
    return partial(refusal_of, act)


def undoing_appeal(appeal: Appeal, moderator: User) -> Callable[[], Refused]:
    act = partial(undoing.undo_appeal, appeal.pk, actor_id=moderator.pk, now=NOW())
    return partial(refusal_of, act)


def undoing_claim(claim: Claim, moderator: User) -> Callable[[], Refused]:
    act = partial(undoing.undo_claim, claim.pk, held_because="", actor_id=moderator.pk, now=NOW())
    return partial(refusal_of, act)


def withdrawing(signature: Signature) -> Callable[[], Refused]:
    return lambda: changes.withdraw(signature.pk, now=NOW())


def erasing(signature: Signature) -> Callable[[], int]:
    return lambda: privacy.erase(Erasure(bytes(signature.email_key)), now=NOW())


def told(kind: str) -> int:
    return OutgoingMail.objects.filter(kind=kind).exclude(state="dropped").count()


def test_of_two_moderators_the_first_decides_an_appeal(
    letter: Letter, suzie: User, sam: User, olive: User
) -> None:
    signature = removed(letter, suzie)
    appeal = appealed(signature)
    first = answering(appeal, sam, Appeal.Outcome.UPHELD)
    second = answering(appeal, olive, Appeal.Outcome.RESTORED)
    assert behind(first, second) is appeals.ChangedMeanwhile
    assert (state_of(signature), number_of(letter)) == ("removed", 0)
    assert told("claims.appeal_decided") == 1


def test_t50_an_appeal_is_not_granted_to_whom_withdrew(
    letter: Letter, suzie: User, sam: User
) -> None:
    signature = removed(letter, suzie)
    second = answering(appealed(signature), sam, Appeal.Outcome.RESTORED)
    assert behind(withdrawing(signature), second) is appeals.ChangedMeanwhile
    assert (state_of(signature), number_of(letter)) == ("withdrawn", 0)


def test_an_appeal_that_is_answered_while_its_signer_erases_counts_for_nobody(
    letter: Letter, suzie: User, sam: User
) -> None:
    signature = removed(letter, suzie)
    second = answering(appealed(signature), sam, Appeal.Outcome.RESTORED)
    assert behind(erasing(signature), second) is appeals.ChangedMeanwhile
    assert (state_of(signature), number_of(letter)) == ("withdrawn", 0)
    assert Appeal.objects.get().text == ""


def test_who_erases_behind_a_restoring_leaves_no_number(
    letter: Letter, suzie: User, sam: User
) -> None:
    signature = removed(letter, suzie)
    first = answering(appealed(signature), sam, Appeal.Outcome.RESTORED)
    assert behind(first, erasing(signature)) == 1
    assert (state_of(signature), number_of(letter)) == ("withdrawn", 0)


def test_two_windows_object_once(letter: Letter, suzie: User) -> None:
    signature = removed(letter, suzie)
    write = partial(appeals.write, signature.pk, text="It is me.", now=NOW())
    assert behind(write, partial(refusal_of, write)) is appeals.AnsweredAlready
    assert Appeal.objects.count() == 1


def test_of_two_moderators_the_first_decides_a_claim(
    letter: Letter, sam: User, olive: User
) -> None:
    entry = make_published(letter)
    claim = claimed(entry)
    first = deciding(claim, sam, Claim.State.KEPT)
    second = deciding(claim, olive, Claim.State.REMOVED)
    assert behind(first, second) is claiming.ChangedMeanwhile
    assert (state_of(entry), number_of(letter)) == ("published", 1)
    assert told("claims.decided") == 1


def test_a_claim_that_is_decided_while_the_owner_withdraws_moves_the_number_once(
    letter: Letter, sam: User
) -> None:
    entry = make_published(letter)
    second = deciding(claimed(entry), sam, Claim.State.REMOVED)
    assert behind(withdrawing(entry), second) is claiming.ChangedMeanwhile
    assert (state_of(entry), number_of(letter)) == ("withdrawn", 0)


def test_the_owner_withdraws_behind_a_removal_and_gets_no_mail_about_it(
    letter: Letter, sam: User
) -> None:
    entry = make_published(letter)
    first = deciding(claimed(entry), sam, Claim.State.REMOVED)
    behind(first, withdrawing(entry))
    assert (state_of(entry), number_of(letter)) == ("withdrawn", 0)
    assert compose(OutgoingMail.objects.get(kind="signatures.removed")) is None


def test_a_claim_that_is_confirmed_while_its_entry_is_erased_leads_to_nothing(
    letter: Letter,
) -> None:
    entry = make_published(letter)
    LetterClaims.objects.create(letter=letter, hides_claimed=True)
    claim = claimed(entry, confirmed=False)
    confirm = partial(refusal_of, partial(claiming.confirm, claim.pk, now=NOW()))
    assert behind(erasing(entry), confirm) is claiming.NoLongerOpen
    assert (state_of(entry), number_of(letter)) == ("withdrawn", 0)


def test_two_confirmed_claims_hide_an_entry_once(letter: Letter) -> None:
    entry = make_published(letter)
    LetterClaims.objects.create(letter=letter, hides_claimed=True)
    one, two = claimed(entry, confirmed=False), claimed(entry, email=MALLORY, confirmed=False)
    confirm = partial(claiming.confirm, one.pk, now=NOW())
    behind(confirm, partial(claiming.confirm, two.pk, now=NOW()))
    assert (state_of(entry), number_of(letter)) == ("held", 0)
    assert Claim.objects.waiting().count() == 2


def test_t50_a_claim_that_is_decided_while_its_entry_is_erased_leads_to_nothing(
    letter: Letter, sam: User
) -> None:
    entry = make_published(letter)
    second = deciding(claimed(entry), sam, Claim.State.REMOVED)
    assert behind(erasing(entry), second) is claiming.ChangedMeanwhile
    assert (state_of(entry), number_of(letter), Claim.objects.exists()) == ("withdrawn", 0, False)


def test_t50_an_entry_is_erased_behind_the_decision_to_remove_it(letter: Letter, sam: User) -> None:
    entry = make_published(letter)
    first = deciding(claimed(entry), sam, Claim.State.REMOVED)
    behind(first, erasing(entry))
    assert (state_of(entry), number_of(letter)) == ("withdrawn", 0)
    assert compose(OutgoingMail.objects.get(kind="claims.decided")) is None
    assert told("signatures.removed") == 0


def test_two_claims_about_one_entry_are_decided_at_once_and_removed_once(
    letter: Letter, sam: User, olive: User
) -> None:
    entry = make_published(letter)
    one, two = claimed(entry), claimed(entry, email=MALLORY)
    first = deciding(one, sam, Claim.State.REMOVED)
    second = deciding(two, olive, Claim.State.KEPT)
    assert behind(first, second) is claiming.ChangedMeanwhile
    assert (state_of(entry), number_of(letter)) == ("removed", 0)
    assert told("claims.decided") == 2


def test_of_two_claims_the_one_that_is_kept_first_does_not_keep_the_other(
    letter: Letter, sam: User, olive: User
) -> None:
    entry = make_published(letter)
    one, two = claimed(entry), claimed(entry, email=MALLORY)
    second = deciding(two, olive, Claim.State.REMOVED)
    assert behind(deciding(one, sam, Claim.State.KEPT), second) is None
    assert (state_of(entry), number_of(letter)) == ("removed", 0)
    states = Claim.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["not right", "right"]


def test_t50_an_answer_is_taken_back_while_the_signer_withdraws(
    letter: Letter, suzie: User, sam: User
) -> None:
    signature = removed(letter, suzie)
    appeal = appealed(signature)
    answering(appeal, sam, Appeal.Outcome.RESTORED)()
    assert behind(withdrawing(signature), undoing_appeal(appeal, sam)) is undoing.ChangedMeanwhile
    assert (state_of(signature), number_of(letter)) == ("withdrawn", 0)


def test_an_answer_that_is_taken_back_twice_is_taken_back_once(
    letter: Letter, suzie: User, sam: User
) -> None:
    signature = removed(letter, suzie)
    appeal = appealed(signature)
    answering(appeal, sam, Appeal.Outcome.RESTORED)()
    twice = undoing_appeal(appeal, sam)
    assert behind(twice, twice) is undoing.ChangedMeanwhile
    assert (state_of(signature), number_of(letter)) == ("removed", 0)


def test_a_removal_is_taken_back_while_another_signature_of_the_address_counts(
    letter: Letter, sam: User
) -> None:
    entry = make_published(letter)
    claim = claimed(entry)
    deciding(claim, sam, Claim.State.REMOVED)()
    make_published(letter, email=entry.email)
    assert undoing_claim(claim, sam)() is undoing.ChangedMeanwhile
    assert (state_of(entry), number_of(letter)) == ("removed", 1)
    assert Claim.objects.get().state == "right"
