"""Nobody gets past a review by taking a signature back and signing anew (T51)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from openletter.letters.models import Letter
from openletter.lib.db.constraints import broken_by
from openletter.privacy import flows as privacy_flows
from openletter.privacy.flows import Erasure
from openletter.self_service import changes, mail_choices
from openletter.signatures import confirmation, signing
from openletter.signatures.abuse import flags
from openletter.signatures.models import Signature
from tests.factories import decide, make_letter, make_published, make_signature, text_of
from tests.steps import SUZIE

pytestmark = pytest.mark.django_db
S = Signature.State
NOW = timezone.now


@pytest.fixture(autouse=True)
def _some_letter(letter: Letter) -> None:
    """Everything here happens under one."""


def sign_again(letter: Letter | None = None, email: str = SUZIE) -> Signature:
    """Sign by the form, confirm, and return what came of it."""
    letter = letter or Letter.objects.get(slug="open-letter")
    reference = signing.sign(
        letter=letter,
        text=text_of(letter),
        email=email,
        signer=signing.Signer(kind="person", name="Suzie Signer"),
        language="en",
        now=NOW(),
    )
    attempt = Signature.objects.select_related("letter").get(public_id=reference)
    confirmation.confirm(attempt, now=NOW())
    return Signature.objects.select_related("letter").get(pk=attempt.pk)


def held() -> Signature:
    return make_signature(email=SUZIE, state=S.HELD, confirmed_at=NOW(), held_because="burst")


def held_by_a_moderator() -> Signature:
    signature = make_published(email=SUZIE)
    decide(signature, S.HELD)
    return signature


def removed() -> Signature:
    signature = make_published(email=SUZIE)
    decide(signature, S.REMOVED)
    return signature


def flagged() -> Signature:
    attempt = make_signature(email=SUZIE, flags=[flags.LISTED])
    confirmation.confirm(attempt, now=NOW())
    return attempt


def against_a_rule() -> Signature:
    attempt = make_signature(email=SUZIE, name="aaaaaaaaa")
    confirmation.confirm(attempt, now=NOW())
    return attempt


def withdrawn(signature: Signature) -> None:
    changes.withdraw(signature.pk, now=NOW())


def erased(signature: Signature) -> None:
    privacy_flows.erase(Erasure(bytes(signature.email_key), signature.letter), now=NOW())


def withdrawn_and_erased(signature: Signature) -> None:
    withdrawn(signature)
    erased(signature)


SUSPECT = [
    (held, flags.HELD_BEFORE),
    (held_by_a_moderator, flags.HELD_BEFORE),
    (flagged, flags.HELD_BEFORE),
    (against_a_rule, flags.HELD_BEFORE),
    (removed, flags.REMOVED_BEFORE),
]


@pytest.mark.parametrize("goes", [withdrawn, erased, withdrawn_and_erased])
@pytest.mark.parametrize(("suspect", "flag"), SUSPECT)
def test_t51_what_was_looked_at_is_looked_at_again(
    suspect: Callable[[], Signature], flag: str, goes: Callable[[Signature], None]
) -> None:
    goes(suspect())
    again = sign_again()
    assert (again.state, again.held_because, again.flags[:1]) == ("held", flag, [flag])


def test_t51_it_is_looked_at_however_often_it_is_taken_back() -> None:
    withdrawn(removed())
    for _ in range(3):
        again = sign_again()
        assert again.state == "held"
        withdrawn(again)


def test_t51_a_removed_one_that_stays_removed_is_a_verdict_too() -> None:
    removed()
    assert sign_again().flags[:1] == [flags.REMOVED_BEFORE]


def test_an_address_without_a_verdict_is_not_suspect() -> None:
    withdrawn(make_published(email=SUZIE))
    assert sign_again().state == "published"


def test_a_verdict_is_about_one_letter_and_one_address() -> None:
    withdrawn(removed())
    assert sign_again(make_letter(slug="other")).state == "published"
    assert sign_again(email="sam@example.org").state == "published"


def test_a_moderator_who_publishes_ends_the_suspicion() -> None:
    withdrawn(removed())
    again = sign_again()
    decide(again, S.PUBLISHED)
    withdrawn(again)
    assert sign_again().state == "published"


def test_a_removal_that_is_undone_is_no_verdict() -> None:
    signature = removed()
    decide(signature, S.PUBLISHED)
    withdrawn(signature)
    assert sign_again().state == "published"


def test_an_attempt_that_nobody_confirmed_says_nothing_about_the_owner_of_its_address() -> None:
    stranger = make_signature(email=SUZIE, flags=[flags.BURST])
    withdrawn(stranger)
    assert sign_again().state == "published"


def test_i15_erasing_leaves_the_hash_and_the_reason_and_no_word() -> None:
    signature = make_signature(
        email=SUZIE, name="Zebedea Quux", state=S.HELD, confirmed_at=NOW(), held_because="burst"
    )
    erased(signature)
    left = Signature.objects.get()
    assert (left.name, left.email, left.held_because) == ("", "", "")
    assert (bytes(left.email_key), left.verdict) == (bytes(signature.email_key), "burst")


def test_a_verdict_goes_with_the_hash_of_its_address() -> None:
    withdrawn(removed())
    letter = Letter.objects.get()
    Letter.objects.update(state="closed", closes_at=NOW() - timedelta(days=190))
    privacy_flows.expire(now=NOW())
    left = Signature.objects.get(letter=letter)
    assert (bytes(left.email_key), left.verdict) == (b"", "")


def test_the_database_keeps_no_verdict_without_a_hash() -> None:
    withdrawn(removed())
    with pytest.raises(IntegrityError) as refused:
        Signature.objects.update(email_key=b"", email="", email_domain="", erased_at=NOW())
    assert broken_by(refused.value) == "a_verdict_goes_with_the_hash_of_its_address"


def test_t51_this_was_not_me_keeps_the_verdict_too() -> None:
    signature = held()
    mail_choices.not_me(signature, now=NOW())
    assert Signature.objects.get().verdict == "burst"


def test_a_verdict_costs_signing_no_question_more() -> None:
    def ask(email: str) -> None:
        signing.sign(
            letter=Letter.objects.get(),
            text=text_of(Letter.objects.get()),
            email=email,
            signer=signing.Signer(kind="person", name="Suzie Signer"),
            language="en",
            now=NOW(),
        )

    withdrawn(removed())
    ask("first@example.org")  # reads what the process keeps
    with CaptureQueriesContext(connection) as without:
        ask("sam@example.org")
    with CaptureQueriesContext(connection) as with_verdict:
        ask(SUZIE)
    assert len(without) == len(with_verdict)
