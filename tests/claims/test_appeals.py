"""A signer objects to a removal, once; another moderator decides (T13)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from openletter.accounts.models import User
from openletter.claims import appeals, personal
from openletter.claims.models import Appeal
from openletter.letters.models import Letter
from openletter.mail.models import OutgoingMail
from openletter.mail.outbox.messages import compose
from openletter.moderation.models import AuditEntry
from openletter.privacy import flows as privacy
from openletter.privacy.flows import Erasure
from openletter.self_service import changes
from openletter.signatures import signing
from openletter.signatures.models import Signature
from tests.claims.steps import CARDS, appealed, number_of, removed
from tests.factories import log_in, make_letter, make_moderator, make_published
from tests.queries import queries_of
from tests.steps import SAME_ORIGIN, link, press, state_of

pytestmark = pytest.mark.django_db
S = Signature.State


@pytest.fixture
def suzie(db: None) -> User:
    """Return the moderator who removes."""
    return make_moderator("suzie@example.org")


@pytest.fixture
def sam(db: None) -> User:
    """Return another one."""
    return make_moderator("sam@example.org")


@pytest.fixture
def letter(db: None) -> Letter:
    return make_letter()


def answer(moderator: User, appeal: Appeal, act: str) -> Any:
    seen = Signature.objects.get(pk=appeal.signature_id)
    sent = {"appeal": appeal.pk, "revision": seen.revision, "act": act}
    return log_in(moderator).post(CARDS, sent)


def outcome(appeal: Appeal) -> str:
    return Appeal.objects.get(pk=appeal.pk).outcome


def mails() -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(kind="claims.appeal_decided"))


def test_a_signer_objects_and_another_moderator_restores_it(
    letter: Letter, suzie: User, sam: User
) -> None:
    signature = removed(letter, suzie)
    assert number_of(letter) == 0
    page = Client().get(link(signature, "appeal"))
    assert "It claims to be somebody else." in page.content.decode()
    press(link(signature, "appeal"), {"text": "It is really me.\nAsk my university."})
    appeal = Appeal.objects.get()
    card = log_in(sam).get(CARDS)
    assert card.context["appeal"] == appeal
    assert "Ask my university." in card.content.decode()
    answer(sam, appeal, "granted")
    assert (state_of(signature), outcome(appeal), number_of(letter)) == ("published", "granted", 1)
    (mail,) = OutgoingMail.objects.filter(kind="claims.appeal_decided")
    message = compose(mail)
    assert message is not None
    assert message.to == [signature.email]
    assert "restored your signature" in message.body


def test_who_objected_gets_the_answer_and_no_second_mail(
    letter: Letter, suzie: User, sam: User
) -> None:
    signature = removed(letter, suzie)
    signing.enqueue_mail(
        signature, "signatures.removed", about=signature.public_id, now=timezone.now()
    )
    OutgoingMail.objects.filter(kind="signatures.removed").update(state="sent")
    answer(sam, appealed(signature), "granted")
    kinds = OutgoingMail.objects.values_list("kind", flat=True)
    assert ("claims.appeal_decided" in kinds, "signatures.restored" in kinds) == (True, False)


def test_it_can_stay_removed_and_its_signer_is_told(letter: Letter, suzie: User, sam: User) -> None:
    signature = removed(letter, suzie)
    appeal = appealed(signature)
    answer(sam, appeal, "denied")
    assert (state_of(signature), outcome(appeal)) == ("removed", "denied")
    (mail,) = OutgoingMail.objects.filter(kind="claims.appeal_decided")
    message = compose(mail)
    assert message is not None
    assert "stays removed" in message.body
    assert AuditEntry.objects.latest("pk").action == "upheld removal"


def test_nobody_decides_about_an_appeal_against_themselves_not_even_a_superuser(
    letter: Letter, suzie: User
) -> None:
    assert suzie.is_superuser
    signature = removed(letter, suzie)
    appeal = appealed(signature)
    page = log_in(suzie).get(CARDS)
    assert page.context.get("appeal") is None
    assert page.context["waiting"].for_others == 1
    answer(suzie, appeal, "granted")
    assert (state_of(signature), outcome(appeal)) == ("removed", "waiting")
    row = Appeal.objects.filter(pk=appeal.pk)
    with pytest.raises(IntegrityError, match="against_themselves"), transaction.atomic():
        row.update(outcome="granted", decided_by=suzie, decided_at=timezone.now())


def test_a_removal_is_answered_once(letter: Letter, suzie: User) -> None:
    signature = removed(letter, suzie)
    appealed(signature)
    page = press(link(signature, "appeal"), {"text": "And another thing"})
    assert "We have your objection" in page.content.decode()
    assert Appeal.objects.get().text == "It is really me."
    with pytest.raises(appeals.AnsweredAlready):
        appeals.write(signature.pk, text="And another thing", now=timezone.now())


def test_each_removal_can_be_answered(letter: Letter, suzie: User, sam: User) -> None:
    signature = removed(letter, suzie)
    answer(sam, appealed(signature), "granted")
    removed(letter, sam, signature)
    appeal = appealed(signature)
    answer(sam, appeal, "granted")
    assert outcome(appeal) == "waiting"
    answer(suzie, appeal, "granted")
    assert outcome(appeal) == "granted"


def test_t01_a_look_at_the_page_changes_nothing(letter: Letter, suzie: User) -> None:
    signature = removed(letter, suzie)
    Client().get(link(signature, "appeal"))
    Client().head(link(signature, "appeal"))
    assert not Appeal.objects.exists()


def test_what_is_not_removed_has_nothing_to_object_to(letter: Letter) -> None:
    signature = make_published(letter)
    assert Client().get(link(signature, "appeal")).status_code == 410
    assert press(link(signature, "appeal"), {"text": "Why?"}).status_code == 410
    assert Client().get("/s/nonsense/appeal/").status_code == 404


def test_another_sites_form_is_refused_and_an_empty_one_says_so(
    letter: Letter, suzie: User
) -> None:
    signature = removed(letter, suzie)
    foreign = {"Sec-Fetch-Site": "cross-site"}
    page = Client().post(link(signature, "appeal"), {"text": "x"}, headers=foreign)
    assert page.status_code == 403
    assert press(link(signature, "appeal"), {"text": " "}).status_code == 422
    page = Client().post(link(signature, "appeal"), {"text": "x" * 2001}, headers=SAME_ORIGIN)
    assert page.status_code == 422
    assert not Appeal.objects.exists()


def test_what_its_owner_took_back_waits_no_longer(letter: Letter, suzie: User, sam: User) -> None:
    signature = removed(letter, suzie)
    appeal = appealed(signature)
    changes.withdraw(signature.pk, now=timezone.now())
    assert log_in(sam).get(CARDS).context.get("appeal") is None
    answer(sam, appeal, "granted")
    assert (state_of(signature), outcome(appeal)) == ("withdrawn", "waiting")


def test_an_erased_signer_leaves_no_words(letter: Letter, suzie: User, sam: User) -> None:
    signature = removed(letter, suzie)
    appeal = appealed(signature)
    found = privacy.export(bytes(signature.email_key), now=timezone.now())["claims"]
    assert [one["text"] for one in found["appeals"]] == ["It is really me."]
    privacy.erase(Erasure(bytes(signature.email_key)), now=timezone.now())
    assert Appeal.objects.get().text == ""
    answer(sam, appeal, "granted")
    assert state_of(signature) == "withdrawn"


def test_words_are_forgotten_a_month_after_the_decision(
    letter: Letter, suzie: User, sam: User
) -> None:
    decided, waits = appealed(removed(letter, suzie)), appealed(removed(letter, suzie))
    answer(sam, decided, "denied")
    later = timezone.now() + personal.KEPT
    (expiry, _of_claims) = personal.expire(now=timezone.now(), limit=10, dry_run=False)
    assert expiry.number == 0
    (expiry, _of_claims) = personal.expire(now=later, limit=10, dry_run=True)
    assert expiry.number == 1
    personal.expire(now=later, limit=10, dry_run=False)
    texts = dict(Appeal.objects.values_list("pk", "text"))
    assert texts == {decided.pk: "", waits.pk: "It is really me."}


def test_where_another_signature_counts_by_now_it_cannot_be_restored(
    letter: Letter, suzie: User, sam: User
) -> None:
    signature = removed(letter, suzie)
    appeal = appealed(signature)
    make_published(letter, email=signature.email)
    answer(sam, appeal, "granted")
    assert (state_of(signature), outcome(appeal), mails()) == ("removed", "waiting", [])


def test_a_card_asks_for_the_same_however_many_wait(letter: Letter, suzie: User, sam: User) -> None:
    appealed(removed(letter, suzie))
    desk = log_in(sam)
    few = queries_of(desk, CARDS)
    for _ in range(5):
        appealed(removed(letter, suzie))
    assert queries_of(desk, CARDS) == few


def test_the_queue_says_that_an_objection_waits(letter: Letter, suzie: User, sam: User) -> None:
    appealed(removed(letter, suzie))
    for address in ("/admin/", "/admin/signatures/signature/queue/"):
        assert "1 objection is waiting" in log_in(sam).get(address).content.decode()
        assert "1 objection is waiting" not in log_in(suzie).get(address).content.decode()
