"""Somebody says that a name on the list is false; nobody learns anything by asking (T01, T07)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from openletter.claims import claiming, personal
from openletter.claims.models import Claim, LetterClaims
from openletter.letters.models import Letter
from openletter.lib import tokens
from openletter.lib.people.addresses import email_key
from openletter.mail.models import OutgoingMail, SuppressedAddress
from openletter.mail.outbox import suppression
from openletter.mail.outbox.messages import compose
from openletter.privacy import flows as privacy
from openletter.privacy.flows import Erasure
from openletter.self_service import changes
from openletter.signatures.models import Signature
from tests.claims.steps import CARDS, claimed, number_of
from tests.factories import (
    decide,
    log_in,
    make_held,
    make_letter,
    make_moderator,
    make_published,
    move_letter,
)
from tests.queries import queries_of
from tests.steps import MALLORY, SAM, press, state_of

pytestmark = pytest.mark.django_db
SAID = {"wrong": "mine", "message": "I never did.", "email": SAM}


@pytest.fixture
def letter(db: None) -> Letter:
    return make_letter()


@pytest.fixture
def entry(letter: Letter) -> Signature:
    return make_published(letter, name="Sam Somebody")


@pytest.fixture
def desk(db: None) -> Client:
    return log_in(make_moderator())


def form_of(signature: Signature) -> str:
    return f"/{signature.letter.slug}/signatures/{signature.ledger_index}/claim/"


def link_to(claim: Claim, page: str = "claim/") -> str:
    purpose = {"claim/": "claim", "claim/stop/": "claim_stop"}[page]
    return f"/s/{tokens.make(purpose, claim.public_id)}/{page}"


def answer(desk: Client, claim: Claim, act: str) -> Any:
    seen = Signature.objects.get(pk=claim.signature_id)
    return desk.post(CARDS, {"claim": claim.pk, "revision": seen.revision, "act": act})


def kinds() -> list[str]:
    return list(OutgoingMail.objects.order_by("pk").values_list("kind", flat=True))


def state(claim: Claim) -> str:
    return Claim.objects.get(pk=claim.pk).state


def test_under_each_name_of_the_list_a_link_leads_to_the_form(entry: Signature) -> None:
    page = Client().get("/open-letter/signatures/").content.decode()
    assert f'href="{entry.ledger_index}/claim/"' in page
    assert "Sam Somebody" in Client().get(form_of(entry)).content.decode()
    assert "/claim/" not in Client().get("/open-letter/").content.decode()


def test_a_claim_that_is_confirmed_by_mail_comes_before_a_moderator(
    entry: Signature, desk: Client
) -> None:
    sent = press(form_of(entry), SAID)
    assert sent.headers["Location"] == "/open-letter/signatures/claim/sent/"
    assert desk.get(CARDS).context.get("claim") is None
    (mail,) = OutgoingMail.objects.filter(kind="claims.confirm")
    message = compose(mail)
    assert message is not None
    assert message.to == [SAM]
    claim = Claim.objects.get()
    assert link_to(claim) in message.body
    press(link_to(claim))
    page = desk.get(CARDS)
    assert page.context["claim"] == claim
    assert "I never did." in page.content.decode()
    assert state_of(entry) == "published"


def test_t06_the_mail_to_an_address_that_nobody_vouched_for_holds_nobodys_words(
    entry: Signature,
) -> None:
    press(form_of(entry), SAID)
    message = compose(OutgoingMail.objects.get(kind="claims.confirm"))
    assert message is not None
    for words in ("Sam Somebody", "I never did."):
        assert words not in message.body


def test_t01_a_look_at_the_link_confirms_nothing(entry: Signature) -> None:
    claim = claimed(entry, confirmed=False)
    for method in ("get", "head"):
        assert getattr(Client(), method)(link_to(claim)).status_code == 200
    assert state(claim) == "not confirmed"
    page = Client().post(link_to(claim), headers={"Sec-Fetch-Site": "cross-site"})
    assert (page.status_code, state(claim)) == (403, "not confirmed")
    press(link_to(claim))
    first = Claim.objects.get().confirmed_at
    press(link_to(claim))
    assert (state(claim), Claim.objects.get().confirmed_at) == ("claimed", first)


@pytest.mark.parametrize("whose", ["unknown", "signed", "stopped", "claimed", "the signer"])
def test_t07_whatever_is_known_of_an_address_the_answer_is_the_same(
    entry: Signature, letter: Letter, whose: str
) -> None:
    if whose == "signed":
        make_published(letter, email=SAM)
    if whose == "stopped":
        suppression.suppress(
            email_key=email_key(SAM),
            topic=suppression.EVERYTHING,
            reason=SuppressedAddress.Reason.STOP,
            now=timezone.now(),
        )
    if whose == "claimed":
        claimed(entry)
    if whose == "the signer":
        Signature.objects.filter(pk=entry.pk).update(email=SAM, email_key=email_key(SAM))
    sent = press(form_of(entry), SAID)
    assert (sent.status_code, sent.headers["Location"]) == (
        302,
        "/open-letter/signatures/claim/sent/",
    )
    assert "sent an e-mail" in Client().get(sent.headers["Location"]).content.decode()


def test_t07_the_same_statements_answer_whatever_an_address_is(
    entry: Signature, letter: Letter
) -> None:
    signed = make_published(letter, email="signed@example.org")
    stopped, claimant = "stopped@example.org", "claimant@example.org"
    suppression.suppress(
        email_key=email_key(stopped),
        topic=suppression.EVERYTHING,
        reason=SuppressedAddress.Reason.STOP,
        now=timezone.now(),
    )
    claimed(make_published(letter), email=claimant)
    press(form_of(entry), SAID)  # what is made once a process
    asked = []
    for address in ("stranger@example.org", signed.email, entry.email, stopped, claimant):
        with CaptureQueriesContext(connection) as said:
            press(form_of(entry), {**SAID, "email": address})
        sent = [query["sql"].split()[:3] for query in said.captured_queries]
        # An advisory lock has the number of its address.
        asked.append([words[:1] for words in sent if "SAVEPOINT" not in words])
    assert asked == [asked[0]] * 5


def test_t07_who_asks_too_often_sees_no_difference_and_nothing_is_sent(entry: Signature) -> None:
    others = [make_published(entry.letter) for _ in range(12)]
    answers = {press(form_of(one), SAID).status_code for one in others}
    assert answers == {302}
    assert Claim.objects.count() == claiming.LIMITS.subject.number
    assert kinds().count("claims.confirm") == 3  # of a letter and day


def test_a_claim_that_waits_takes_newer_words_until_it_is_confirmed(entry: Signature) -> None:
    press(form_of(entry), SAID)
    press(form_of(entry), {**SAID, "message": "Really not."})
    claim = Claim.objects.get()
    assert claim.message == "Really not."
    press(link_to(claim))
    press(form_of(entry), {**SAID, "message": "Still not."})
    assert Claim.objects.get().message == "Really not."
    with pytest.raises(IntegrityError, match="one_open_claim"), transaction.atomic():
        Claim.objects.create(
            letter=entry.letter,
            signature=entry,
            wrong="mine",
            email=SAM,
            email_key=bytes(claim.email_key),
            made_at=timezone.now(),
        )


def test_only_what_stands_on_the_list_has_a_form(letter: Letter, entry: Signature) -> None:
    hidden = make_published(letter, show_name=False)
    for place in (hidden.ledger_index, 99, 99_999_999_999):
        assert Client().get(f"/open-letter/signatures/{place}/claim/").status_code == 404
    address = form_of(entry)
    changes.withdraw(entry.pk, now=timezone.now())
    assert press(address, SAID).status_code == 404
    assert not Claim.objects.exists()


def test_a_form_with_a_mistake_says_so_and_another_sites_is_refused(entry: Signature) -> None:
    for typed in ({"email": "sam"}, {"wrong": "x"}, {"message": "x" * 2001}):
        assert press(form_of(entry), {**SAID, **typed}).status_code == 422
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert Client().post(form_of(entry), SAID, headers=foreign).status_code == 403
    assert Client().delete(form_of(entry)).status_code == 405
    assert not Claim.objects.exists()


def test_a_letter_that_moved_takes_its_forms_along(letter: Letter, entry: Signature) -> None:
    move_letter(letter, to="elsewhere")
    moved = Client().get(f"/open-letter/signatures/{entry.ledger_index}/claim/")
    assert moved.headers["Location"] == f"/elsewhere/signatures/{entry.ledger_index}/claim/"


def test_removed_both_sides_are_told(entry: Signature, desk: Client) -> None:
    claim = claimed(entry)
    answer(desk, claim, "right")
    assert (state_of(entry), state(claim), number_of(entry.letter)) == ("removed", "right", 0)
    mails = {mail.kind: compose(mail) for mail in OutgoingMail.objects.all()}
    told, removed = mails["claims.decided"], mails["signatures.removed"]
    assert told is not None
    assert removed is not None
    assert "We have removed the name" in told.body
    assert "/appeal/" in removed.body
    assert "the name is theirs" in removed.body
    assert SAM not in removed.body


def test_kept_the_entry_stays_and_the_claimant_is_told(entry: Signature, desk: Client) -> None:
    claim = claimed(entry)
    answer(desk, claim, "not right")
    assert (state_of(entry), state(claim)) == ("published", "not right")
    message = compose(OutgoingMail.objects.get(kind="claims.decided"))
    assert message is not None
    assert "it is right, so it stays" in message.body


def test_where_a_letter_chose_so_an_entry_is_hidden_until_somebody_looked(
    letter: Letter, entry: Signature, desk: Client
) -> None:
    LetterClaims.objects.create(letter=letter, hides_claimed=True)
    claim = claimed(entry)
    assert (state_of(entry), number_of(letter)) == ("held", 0)
    assert "Hidden until this is decided" in desk.get(CARDS).content.decode()
    answer(desk, claim, "not right")
    assert (state_of(entry), number_of(letter)) == ("published", 1)
    claimed(entry, email=MALLORY)
    assert state_of(entry) == "published"  # somebody looked already


def test_of_two_claims_about_a_hidden_entry_each_is_answered_before_it_is_back(
    letter: Letter, entry: Signature, desk: Client
) -> None:
    LetterClaims.objects.create(letter=letter, hides_claimed=True)
    first = claimed(entry)
    second = claimed(entry, email=MALLORY)
    answer(desk, first, "not right")
    assert state_of(entry) == "held"
    answer(desk, second, "right")
    assert (state_of(entry), state(first), state(second)) == ("removed", "not right", "right")


def test_a_removal_answers_every_claim_about_the_entry(entry: Signature, desk: Client) -> None:
    first, second = claimed(entry), claimed(entry, email=MALLORY)
    answer(desk, first, "right")
    assert (state(first), state(second)) == ("right", "right")
    assert kinds().count("claims.decided") == 2


def test_what_changed_meanwhile_is_not_decided(entry: Signature, desk: Client) -> None:
    claim = claimed(entry)
    seen = entry.revision
    Signature.objects.filter(pk=entry.pk).update(name="Sam Other")
    desk.post(CARDS, {"claim": claim.pk, "revision": seen, "act": "right"})
    assert (state_of(entry), state(claim)) == ("published", "claimed")
    changes.withdraw(entry.pk, now=timezone.now())
    answer(desk, claim, "right")
    assert (state_of(entry), state(claim)) == ("withdrawn", "claimed")
    assert desk.get(CARDS).context.get("claim") is None


def test_the_card_says_what_is_known_of_both_sides(letter: Letter, desk: Client) -> None:
    entry = make_published(letter, email="x@one.example.org", name="Sam Somebody")
    make_published(make_letter(slug="other"), email=SAM, name="Sam Himself")
    claimed(entry)
    page = desk.get(CARDS).content.decode()
    for words in ("one.example.org", "example.org", "Sam Himself", "is not known"):
        assert words in page
    Signature.objects.filter(pk=entry.pk).update(email_key=email_key(SAM))
    assert "the very address that signed" in desk.get(CARDS).content.decode()


def test_an_old_link_leads_to_nothing(entry: Signature) -> None:
    claim = claimed(entry, confirmed=False)
    Claim.objects.update(made_at=timezone.now() - timedelta(days=8))
    assert Client().get(link_to(claim)).status_code == 404
    assert press(link_to(claim)).status_code == 404
    assert state(claim) == "not confirmed"
    assert Client().get("/s/nonsense/claim/").status_code == 404


def test_whoever_gets_mail_about_a_claim_can_stop_all_of_it(entry: Signature) -> None:
    claim = claimed(entry, confirmed=False)
    Client().get(link_to(claim, "claim/stop/"))
    assert not SuppressedAddress.objects.exists()
    press(link_to(claim, "claim/stop/"))
    assert suppression.is_suppressed(bytes(claim.email_key), "letter:1")


def test_claims_are_handed_over_and_erased_with_their_address(
    entry: Signature, letter: Letter
) -> None:
    claim = claimed(entry)
    key = bytes(claim.email_key)
    (found,) = privacy.export(key, now=timezone.now())["claims"]["claims"]
    assert (found["email"], found["message"]) == (SAM, "I never did.")
    assert "decided_by" not in found
    other = make_letter(slug="other")
    privacy.erase(Erasure(key, other), now=timezone.now())
    assert Claim.objects.exists()
    privacy.erase(Erasure(key, letter), now=timezone.now())
    assert not Claim.objects.exists()


def test_what_is_erased_is_claimed_by_nobody(entry: Signature) -> None:
    claimed(entry)
    privacy.erase(Erasure(bytes(entry.email_key)), now=timezone.now())
    assert not Claim.objects.exists()


def test_claims_are_deleted_a_month_after_the_decision(letter: Letter, desk: Client) -> None:
    decided, waits = claimed(make_published(letter)), claimed(make_published(letter))
    never = claimed(make_published(letter), confirmed=False)
    answer(desk, decided, "not right")
    now = timezone.now()
    personal.expire(now=now, limit=10, dry_run=False)
    assert Claim.objects.count() == 3
    personal.expire(now=now + claiming.LINK_LASTS, limit=10, dry_run=False)
    assert not Claim.objects.filter(pk=never.pk).exists()
    found = personal.expire(now=now + personal.KEPT, limit=10, dry_run=True)
    assert [one.number for one in found] == [0, 1]
    personal.expire(now=now + personal.KEPT, limit=10, dry_run=False)
    assert list(Claim.objects.all()) == [waits]


def test_a_card_asks_for_the_same_however_many_wait(letter: Letter, desk: Client) -> None:
    claimed(make_published(letter))
    few = queries_of(desk, CARDS)
    for _ in range(5):
        claimed(make_published(letter))
    assert queries_of(desk, CARDS) == few


def test_what_a_moderator_published_in_the_queue_is_still_to_be_answered(
    letter: Letter, entry: Signature, desk: Client
) -> None:
    LetterClaims.objects.create(letter=letter, hides_claimed=True)
    claim = claimed(entry)
    decide(entry, "published")
    answer(desk, claim, "not right")
    assert (state_of(entry), state(claim)) == ("published", "not right")


def test_what_was_held_for_another_reason_stays_held(letter: Letter, desk: Client) -> None:
    entry = make_held(letter, held_because="unlike a name")
    claim = claimed(entry)
    answer(desk, claim, "not right")
    assert state_of(entry) == "held"
