"""Somebody is erased or withdraws while a slice of a mailing is enqueued (T59)."""

from __future__ import annotations

from functools import partial

import pytest
from django.utils import timezone

from openletter.mail.models import OutgoingMail
from openletter.mailings import slices
from openletter.privacy import flows as privacy_flows
from openletter.privacy.flows import Erasure
from openletter.self_service import changes
from openletter.signatures.models import Signature
from tests.factories import make_letter, make_published
from tests.mailings.steps import enqueueing
from tests.racing import behind

pytestmark = pytest.mark.django_db(transaction=True)
NOW = timezone.now


@pytest.fixture(autouse=True)
def _letter(transactional_db: None) -> None:
    make_letter()


def erase(signature: Signature, *, keep_count: bool = False) -> int:
    what = Erasure(bytes(signature.email_key), signature.letter, keep_count)
    return privacy_flows.erase(what, now=NOW())


def test_t59_a_slice_of_a_mailing_owes_no_mail_to_whoever_is_erased_meanwhile() -> None:
    gone, stays = (make_published(wants_updates=True) for _ in range(2))
    mailing = enqueueing()
    behind(partial(erase, gone), partial(slices.enqueue_slice, mailing.pk, now=NOW()))
    bulk = OutgoingMail.objects.filter(lane="bulk")
    assert [mail.recipient for mail in bulk] == [stays.email]


@pytest.mark.parametrize("keep_count", [True, False])
def test_t59_an_erasure_blanks_what_a_slice_adds_meanwhile(keep_count: bool) -> None:
    gone = make_published(wants_updates=True)
    mailing = enqueueing()
    behind(
        partial(slices.enqueue_slice, mailing.pk, now=NOW()),
        partial(erase, gone, keep_count=keep_count),
    )
    (mail,) = OutgoingMail.objects.filter(lane="bulk")
    assert (mail.state, mail.recipient, mail.recipient_domain) == ("dropped", "", "")


def test_t59_no_one_is_passed_over_because_another_leaves_meanwhile() -> None:
    """A slice that finds fewer than it asked for would be taken for the last one."""
    gone, *others = (make_published(wants_updates=True) for _ in range(4))
    mailing = enqueueing()
    more = behind(
        partial(changes.withdraw, gone.pk, now=NOW()),
        partial(slices.enqueue_slice, mailing.pk, now=NOW(), size=2),
    )
    assert more is True
    while slices.enqueue_slice(mailing.pk, now=NOW(), size=2):
        pass
    owed = OutgoingMail.objects.filter(lane="bulk").values_list("about", flat=True)
    assert set(owed) == {one.public_id for one in others}
