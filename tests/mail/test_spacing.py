"""I6: unverified mails to one address leave three minutes apart, however long they had to wait."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from openletter.lib.ids import uuid7
from openletter.mail.models import OutgoingMail
from openletter.mail.outbox import claims, delivery
from tests.factories import make_letter, make_signature
from tests.mail.outgoing import sent
from tests.mail.steps import owe, states
from tests.steps import SUZIE

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def waiting(number: int, **fields: Any) -> list[OutgoingMail]:
    """Mails to one address that have all been due for some minutes, on a letter each."""
    due_at = timezone.now() - 5 * MINUTE
    mails = []
    for place in range(number):
        letter = make_letter(slug=f"letter-{uuid7()}")
        owe(make_signature(letter, email=SUZIE))
        mail = OutgoingMail.objects.latest("pk")
        OutgoingMail.objects.filter(pk=mail.pk).update(
            **{"due_at": due_at + place * MINUTE, **fields}
        )
        mails.append(mail)
    return mails


def test_mails_that_became_due_together_leave_one_at_a_time(mailoutbox: list[Any]) -> None:
    _first, second, third = waiting(3)
    assert delivery.deliver_due("confirm") == 1
    assert states() == ["sent", "due", "due"]
    for mail in (second, third):
        mail.refresh_from_db()
        assert (mail.attempts, mail.lease_until) == (0, None)
        assert mail.due_at > timezone.now() + 2.9 * MINUTE


def test_one_that_left_late_is_not_followed_at_once(mailoutbox: list[Any]) -> None:
    sent(recipient=SUZIE, first_due_at=timezone.now() - 9 * MINUTE)
    waiting(1)
    assert delivery.deliver_due("confirm") == 0
    OutgoingMail.objects.filter(state="sent").update(sent_at=timezone.now() - 3.1 * MINUTE)
    OutgoingMail.objects.filter(state="due").update(due_at=timezone.now())
    assert delivery.deliver_due("confirm") == 1


def test_one_that_was_due_a_moment_too_soon_waits_that_moment(mailoutbox: list[Any]) -> None:
    left_at = timezone.now() - 2.9 * MINUTE
    sent(recipient=SUZIE, first_due_at=left_at - MINUTE, sent_at=left_at - MINUTE)
    sent(recipient=SUZIE, first_due_at=left_at, sent_at=left_at)
    (mail,) = waiting(1)
    assert delivery.deliver_due("confirm") == 0
    mail.refresh_from_db()
    assert mail.due_at == left_at + 3 * MINUTE


def test_one_that_another_worker_has_in_hand_is_waited_for(mailoutbox: list[Any]) -> None:
    waiting(1)
    claims.claim("confirm")
    waiting(1)
    assert delivery.deliver_due("confirm") == 0


def test_other_addresses_and_other_kinds_of_mail_do_not_wait(mailoutbox: list[Any]) -> None:
    waiting(1)
    waiting(1, kind="signatures.receipt", state="due")
    owe()
    assert delivery.deliver_due("confirm") == 2
    assert states() == ["sent", "dropped", "sent"]  # there is no receipt for who did not confirm


def test_what_is_put_off_spends_no_quota(settings: Any, mailoutbox: list[Any]) -> None:
    settings.MAILS_PER_DAY = 2
    waiting(2)
    owe()
    assert delivery.deliver_due("confirm") == 2
    assert states() == ["sent", "due", "sent"]


def test_t53_mails_to_tagged_addresses_of_a_mailbox_leave_one_at_a_time(
    mailoutbox: list[Any],
) -> None:
    for number in range(4):
        letter = make_letter(slug=f"letter-{number}")
        owe(make_signature(letter, email=f"suzie+{number}@example.org"))
    OutgoingMail.objects.update(due_at=timezone.now() - MINUTE)
    assert delivery.deliver_due("confirm") == 1
    assert states() == ["sent", "due", "due", "due"]
