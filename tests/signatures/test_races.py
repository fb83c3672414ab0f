"""Two acts on one signature at once: the second judges what the first left (T10, T50)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError
from django.utils import timezone

from openletter.ledger.models import LedgerEntry, Tally
from openletter.letters import publishing as letter_flows
from openletter.letters.models import Letter
from openletter.lib import tokens
from openletter.lib.db.address_locks import lock_address
from openletter.mail.models import OutgoingMail
from openletter.privacy import flows as privacy_flows
from openletter.privacy.flows import Erasure
from openletter.self_service import changes
from openletter.signatures import (
    confirmation,
    counting,
    decisions,
    judgement,
    opened_pages,
    reminders,
    retention,
)
from openletter.signatures.inbox import resending
from openletter.signatures.models import Signature
from tests.factories import make_held, make_letter, make_published, make_signature
from tests.racing import behind
from tests.steps import state_of

pytestmark = pytest.mark.django_db(transaction=True)
S = Signature.State
LOOK_ALIKE = "\u0405uzie Signer"
NOW = timezone.now


@pytest.fixture(autouse=True)
def letter(transactional_db: None) -> Letter:
    return make_letter()


def correct(signature: Signature, name: str = LOOK_ALIKE) -> None:
    unsaid = dict.fromkeys(("represented_by", "title", "affiliation", "country", "comment"), "")
    to = changes.Correction(name=name, **unsaid)
    changes.correct(signature.pk, to=to, now=NOW())


def again(attempt: Signature) -> bool:
    reference = tokens.Reference(attempt.public_id, attempt.letter.public_id, 0)
    return resending.again(reference=reference, letter=attempt.letter, network=None, now=NOW())


def renew(attempt: Signature) -> bool:
    return resending.renew(attempt=attempt, network=None, now=NOW())


def withdraw(signature: Signature) -> None:
    changes.withdraw(signature.pk, now=NOW())


def erase(signature: Signature, *, keep_count: bool = False) -> int:
    what = Erasure(bytes(signature.email_key), signature.letter, keep_count)
    return privacy_flows.erase(what, now=NOW())


def archive(signature: Signature) -> None:
    Letter.objects.filter(pk=signature.letter_id).update(state=Letter.State.ARCHIVED)


def review(signature: Signature) -> None:
    Letter.objects.filter(pk=signature.letter_id).update(policy=Letter.Policy.AFTER_REVIEW)


def publish(signature: Signature) -> type[Exception] | None:
    """Press "Publish" on what was seen; return how it was refused."""
    try:
        decisions.decide(
            signature_id=signature.pk,
            revision=signature.revision,
            to=S.PUBLISHED,
            actor_id=None,
            reason="known",
            now=NOW(),
        )
    except decisions.NotAllowed as problem:
        return type(problem)
    return None


def confirm(attempt: Signature, revision: int | None = None) -> type[Exception] | None:
    try:
        confirmation.confirm(attempt, revision=revision, now=NOW())
    except judgement.Refused as problem:
        return type(problem)
    return None


def nothing_counts() -> bool:
    return not LedgerEntry.objects.exists() and not Tally.objects.exists()


# --- Confirming ---------------------------------------------------------------------------------


def test_t50_words_that_are_corrected_while_they_are_confirmed_are_judged() -> None:
    attempt = make_signature(name="Suzie Signer")
    assert behind(partial(correct, attempt), partial(confirm, attempt)) is None
    after = Signature.objects.get()
    assert (after.state, after.name, after.held_because) == ("held", LOOK_ALIKE, "mixed scripts")
    assert nothing_counts()


def test_t50_harmless_words_are_confirmed_as_they_are_by_then() -> None:
    attempt = make_signature(name="Suzie Signer")
    assert behind(partial(correct, attempt, "Suzie Other"), partial(confirm, attempt)) is None
    assert (state_of(attempt), LedgerEntry.objects.count()) == ("published", 1)


def test_t50_a_suspect_name_that_is_put_right_meanwhile_is_not_held() -> None:
    attempt = make_signature(name=LOOK_ALIKE)
    assert behind(partial(correct, attempt, "Suzie Signer"), partial(confirm, attempt)) is None
    assert state_of(attempt) == "published"


def test_t49_the_button_confirms_no_words_that_its_page_did_not_show() -> None:
    attempt = make_signature(name="Suzie Signer")
    refused = behind(partial(correct, attempt, "Suzie Other"), partial(confirm, attempt, 0))
    assert (refused, state_of(attempt)) == (judgement.WordsChanged, "pending")
    assert not OutgoingMail.objects.filter(kind="signatures.receipt").exists()


@pytest.mark.parametrize("name", ["Suzie Signer", LOOK_ALIKE])
def test_confirming_what_is_erased_meanwhile_is_refused_and_leaves_no_address(name: str) -> None:
    attempt = make_signature(name=name)
    refused = behind(partial(erase, attempt), partial(confirm, attempt))
    assert refused is judgement.NoLongerValid
    assert not Signature.objects.exists()
    assert not OutgoingMail.objects.exclude(recipient="").exists()


def test_a_page_is_not_marked_as_opened_while_its_button_is_pressed() -> None:
    attempt = make_signature()
    opened_pages.opened(attempt, now=NOW() - timedelta(minutes=3))
    acts, _more = behind(partial(confirm, attempt), partial(opened_pages.take, now=NOW()))
    after = Signature.objects.get()
    assert (len(acts), after.state, after.page_opened) == (1, "published", False)


def test_t10_confirming_what_is_withdrawn_meanwhile_is_refused() -> None:
    attempt = make_signature()
    refused = behind(partial(withdraw, attempt), partial(confirm, attempt))
    assert (refused, state_of(attempt)) == (judgement.NoLongerValid, "expired")
    assert nothing_counts()


def test_t50_the_letters_rules_are_those_of_the_moment_in_which_it_counts() -> None:
    """The lock is the address's, and not the letter's: what acts names what was judged."""
    reviewed, archived = make_signature(), make_signature(make_letter(slug="archived"))
    ledger_publish = counting.publish

    def late(change: Callable[[Signature], None]) -> Callable[..., object]:
        def published(attempt: Signature, **more: object) -> object:
            change(attempt)
            return ledger_publish(attempt, **more)  # type: ignore[arg-type]

        return published

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counting, "publish", late(review))
        assert confirm(reviewed) is None
        patch.setattr(counting, "publish", late(archive))
        assert confirm(archived) is judgement.LetterClosed
    assert (state_of(reviewed), state_of(archived)) == ("held", "pending")


def shorten(signature: Signature) -> None:
    ended = NOW() - timedelta(days=2)
    Letter.objects.filter(pk=signature.letter_id).update(closes_at=ended)


@pytest.mark.parametrize("change", [archive, shorten])
def test_t50_what_is_held_is_held_under_the_letter_of_that_moment(
    change: Callable[[Signature], None],
) -> None:
    """As what is published: nobody is asked to judge what came too late."""
    attempt = make_signature(name=LOOK_ALIKE)
    read_again = confirmation._read_again

    def late(signature: Signature) -> Signature:
        change(signature)
        return read_again(signature)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(confirmation, "_read_again", late)
        assert confirm(attempt) is judgement.LetterClosed
    assert state_of(attempt) == "pending"


def test_only_another_signature_of_the_address_is_told_as_signed_already(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_args: object, **_more: object) -> None:
        Signature.objects.create()  # without a letter, a text and a name

    monkeypatch.setattr(counting, "publish", broken)
    with pytest.raises(IntegrityError):
        confirmation.confirm(make_signature(), now=NOW())


# --- Deciding -----------------------------------------------------------------------------------


def test_t49_words_that_are_corrected_while_a_moderator_presses_are_not_published() -> None:
    signature = make_held()
    refused = behind(partial(correct, signature), partial(publish, signature))
    assert (refused, state_of(signature)) == (decisions.ChangedMeanwhile, "held")


def test_t49_words_that_a_moderator_publishes_are_judged_when_they_are_corrected() -> None:
    signature = make_held()
    behind(partial(publish, signature), partial(correct, signature))
    assert state_of(signature) == "held"
    assert LedgerEntry.objects.latest("index").kind == "removed"


def test_t10_what_is_withdrawn_while_a_moderator_presses_stays_withdrawn() -> None:
    signature = make_held()
    refused = behind(partial(withdraw, signature), partial(publish, signature))
    assert (refused, state_of(signature)) == (decisions.NotAllowed, "withdrawn")


def test_t10_what_a_moderator_publishes_while_it_is_withdrawn_is_withdrawn_and_counted_down() -> (
    None
):
    signature = make_held()
    behind(partial(publish, signature), partial(withdraw, signature))
    assert state_of(signature) == "withdrawn"
    assert [entry.kind for entry in LedgerEntry.objects.order_by("index")] == [
        "signed",
        "withdrawn",
    ]


def outlive(letter: Letter) -> None:
    """Let the time be over for which a letter keeps personal data."""
    closed = NOW() - timedelta(days=190)
    Letter.objects.filter(pk=letter.pk).update(state="closed", closes_at=closed)


def expire() -> int:
    found = retention.expire(now=NOW(), limit=100, dry_run=False)
    return sum(one.number for one in found)


def test_what_retention_empties_while_a_moderator_presses_is_not_published(letter: Letter) -> None:
    signature = make_held(letter)
    outlive(letter)
    refused = behind(expire, partial(publish, signature))
    assert (refused, state_of(signature)) == (decisions.ChangedMeanwhile, "held")
    assert Signature.objects.get().name == ""


def test_retention_leaves_what_a_moderator_has_in_hand_for_its_next_run(letter: Letter) -> None:
    signature = make_held(letter)
    outlive(letter)
    assert behind(partial(publish, signature), expire) == 0
    assert expire() == 1
    after = Signature.objects.get()
    assert (after.state, after.name, bytes(after.email_key)) == ("published", "", b"")


def reopen(letter: Letter) -> None:
    now = NOW()
    letter_flows.change_state(letter_id=letter.pk, to=Letter.State.OPEN, actor_id=None, now=now)


def test_a_letter_that_is_opened_while_its_retention_ends_keeps_everything(letter: Letter) -> None:
    signature = make_published(letter)
    outlive(letter)
    assert behind(partial(reopen, letter), expire) == 0
    assert Signature.objects.get().email == signature.email


def test_a_letter_whose_retention_ends_meanwhile_is_not_opened(letter: Letter) -> None:
    make_published(letter)
    outlive(letter)

    def refused() -> bool:
        try:
            reopen(letter)
        except letter_flows.NotPossible:
            return True
        return False

    assert behind(expire, refused) is True
    assert Signature.objects.get().email == ""


# --- Erasing, asking again, expiring ------------------------------------------------------------


def test_nothing_is_sent_again_to_whoever_is_erased_meanwhile() -> None:
    attempt = make_signature()
    assert behind(partial(erase, attempt), partial(again, attempt)) is False
    assert not OutgoingMail.objects.exclude(recipient="").exists()


def test_nobody_is_reminded_who_asks_for_the_mail_meanwhile() -> None:
    attempt = make_signature(asked_at=NOW() - timedelta(days=2))
    behind(partial(again, attempt), partial(reminders.remind, now=NOW()))
    kinds = OutgoingMail.objects.values_list("kind", flat=True)
    assert list(kinds) == ["signatures.confirm"]


def test_nobody_is_reminded_of_what_they_sign_anew_meanwhile(letter: Letter) -> None:
    attempt = make_signature(email="suzie@example.org", asked_at=NOW() - timedelta(days=2))

    def sign_anew() -> None:
        lock_address(bytes(attempt.email_key))
        make_signature(letter, email="suzie@example.org")

    assert behind(sign_anew, partial(reminders.remind, now=NOW())) == 0
    assert not OutgoingMail.objects.exists()
    assert Signature.objects.get(pk=attempt.pk).reminders == 1  # it had its turn


def test_two_workers_remind_once(letter: Letter) -> None:
    make_signature(letter, asked_at=NOW() - timedelta(days=2))
    assert behind(partial(reminders.remind, now=NOW()), partial(reminders.remind, now=NOW())) == 0
    kinds = OutgoingMail.objects.values_list("kind", flat=True)
    assert list(kinds) == ["signatures.reminder"]


def test_an_attempt_whose_mail_is_asked_for_meanwhile_is_not_passed_over(letter: Letter) -> None:
    older, _newer = (
        make_signature(letter, email="suzie@example.org", asked_at=NOW() - timedelta(hours=hours))
        for hours in (48, 1)
    )
    behind(partial(again, older), partial(reminders.remind, now=NOW()))
    assert Signature.objects.get(pk=older.pk).reminders == 0


def test_an_attempt_whose_mail_is_asked_for_meanwhile_does_not_expire() -> None:
    attempt = make_signature(asked_at=NOW() - timedelta(days=29))
    behind(partial(renew, attempt), partial(confirmation.expire, now=NOW()))
    assert state_of(attempt) == "pending"


def test_an_old_attempt_that_is_confirmed_meanwhile_is_not_deleted(letter: Letter) -> None:
    attempt = make_signature(letter, name=LOOK_ALIKE, asked_at=NOW() - timedelta(days=31))

    def renew_and_confirm() -> None:
        renew(attempt)
        attempt.refresh_from_db()
        confirmation.confirm(attempt, now=NOW())

    behind(renew_and_confirm, expire)
    assert state_of(attempt) == "held"


def test_an_owner_who_comes_second_after_an_erasure_is_told_so() -> None:
    attempt = make_signature()

    def not_now() -> bool:
        try:
            withdraw(attempt)
        except changes.NotNow:
            return True
        return False

    assert behind(partial(erase, attempt), not_now) is True
