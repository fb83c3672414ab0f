"""A signature is taken back: the number falls, old links end, signing again is possible."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from openletter.ledger.models import LedgerEntry
from openletter.lib import tokens
from openletter.mail.models import OutgoingMail
from openletter.mail.outbox import delivery
from openletter.self_service import changes
from openletter.signatures import confirmation, decisions
from openletter.signatures.models import Signature
from tests.factories import decide, make_published, make_signature
from tests.self_service.steps import look, mine, now_of, number, press
from tests.steps import SAME_ORIGIN

pytestmark = pytest.mark.django_db
S = Signature.State


def test_the_number_falls_at_once_with_a_line_in_the_ledger() -> None:
    make_published()
    signature = make_published()
    press(signature, "withdraw/")
    assert (now_of(signature).state, number()) == ("withdrawn", 1)
    last = LedgerEntry.objects.latest("index")
    assert (last.kind, last.count) == ("withdrawn", 1)


def test_a_second_press_changes_nothing_and_says_so() -> None:
    signature = make_published()
    press(signature, "withdraw/")
    assert press(signature, "withdraw/").status_code == 410
    assert press(now_of(signature), "withdraw/").status_code == 409
    assert (number(), LedgerEntry.objects.count()) == (0, 2)


@pytest.mark.parametrize(
    ("state", "after"),
    [(S.PENDING, "expired"), (S.HELD, "withdrawn"), (S.REMOVED, "withdrawn")],
)
def test_what_does_not_count_can_be_taken_back_too(state: str, after: str) -> None:
    confirmed = None if state == S.PENDING else timezone.now()
    signature = make_signature(state=state, confirmed_at=confirmed)
    press(signature, "withdraw/")
    assert (now_of(signature).state, LedgerEntry.objects.count()) == (after, 0)


@pytest.mark.parametrize("to", [S.PUBLISHED, S.HELD, S.REMOVED])
def test_no_moderator_brings_back_what_its_owner_withdrew(to: Signature.State) -> None:
    signature = make_published()
    press(signature, "withdraw/")
    with pytest.raises(decisions.NotAllowed):
        decide(signature, to)


def test_no_moderator_withdraws_for_somebody() -> None:
    signature = make_published()
    with pytest.raises(decisions.NotAllowed):
        decide(signature, S.WITHDRAWN)


@pytest.mark.parametrize("purpose", ["mine", "confirm", "signed"])
def test_t42_every_earlier_link_ends(client: Client, purpose: str) -> None:
    signature = make_published()
    token = tokens.make(purpose, signature.public_id, generation=signature.generation)
    press(signature, "withdraw/")
    address = f"/s/{token}/" if purpose == "mine" else f"/s/{token}/{purpose}/"
    answer = client.get(address)
    assert answer.status_code == 410
    assert "/open-letter/my-signature/" in answer.content.decode()


@pytest.mark.parametrize("page", ["not-me", "stop", "unsubscribe"])
def test_stopping_mail_works_by_every_link_however_old(client: Client, page: str) -> None:
    signature = make_published()
    token = tokens.make(page.replace("-", "_"), signature.public_id)
    press(signature, "withdraw/")
    assert client.post(f"/s/{token}/{page}/", headers=SAME_ORIGIN).status_code == 200


def test_a_mail_says_so_and_carries_a_link_that_works(
    mailoutbox: list[Any], client: Client
) -> None:
    signature = make_published()
    OutgoingMail.objects.all().delete()
    press(signature, "withdraw/")
    delivery.deliver_due("confirm")
    (message,) = mailoutbox
    assert message.to == [signature.email]
    assert mine(now_of(signature)) in message.body
    assert "withdrawn" in look(now_of(signature))


def test_the_same_address_can_sign_again(sign: Any) -> None:
    sign(email="suzie@example.org")
    first = Signature.objects.get()
    confirmation.confirm(first, now=timezone.now())
    press(first, "withdraw/")
    sign(email="suzie@example.org")
    second = Signature.objects.get(state="pending")
    confirmation.confirm(second, now=timezone.now())
    assert (number(), Signature.objects.filter(state="published").count()) == (1, 1)


def test_withdrawing_twice_at_once_moves_the_number_once() -> None:
    signature = make_published()
    changes.withdraw(signature.pk, now=timezone.now())
    with pytest.raises(changes.NotNow):
        changes.withdraw(signature.pk, now=timezone.now())
    assert number() == 0
