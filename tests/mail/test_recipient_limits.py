"""Never a weapon: how much unverified mail an address gets, and what stops it altogether."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from openletter.lib.people.addresses import Recipient, email_key, mailbox_key
from openletter.mail.limits import recipient_limits
from openletter.mail.models import OutgoingMail, SuppressedAddress
from openletter.mail.outbox import delivery, suppression
from openletter.signatures.models import Signature
from tests.conftest import form_for
from tests.factories import make_letter, make_published
from tests.mail.steps import owe, states

pytestmark = pytest.mark.django_db
KEY = email_key("suzie@example.org")


def sent_before(*ages: timedelta, topic: str = "letter:1") -> None:
    """Mails to Suzie that were owed so long ago."""
    for number, age in enumerate(ages):
        OutgoingMail.objects.create(
            kind="signatures.confirm",
            dedupe_key=f"{topic}:{number}:{age}",
            recipient="suzie@example.org",
            recipient_key=KEY,
            recipient_domain="example.org",
            language="en",
            lane="confirm",
            about="00000000-0000-7000-8000-000000000000",
            topic=topic,
            state="sent",
            first_due_at=timezone.now() - age,
            due_at=timezone.now() - age,
        )


def allowed_in(topic: str = "letter:1", *, is_tagged: bool = False) -> timedelta | None:
    now = timezone.now()
    due_at = recipient_limits.next_allowed(
        "signatures.confirm",
        Recipient.of("suzie+tag@example.org" if is_tagged else "suzie@example.org"),
        topic=topic,
        now=now,
        not_before=now,
    )
    return None if due_at is None else due_at - now


HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_the_first_mail_leaves_at_once() -> None:
    assert allowed_in() == timedelta(0)


def test_the_second_waits_until_three_minutes_after_the_first() -> None:
    sent_before(timedelta(minutes=1))
    wait = allowed_in()
    assert wait is not None
    assert timedelta(minutes=1, seconds=55) < wait <= timedelta(minutes=2)
    assert allowed_in("letter:2") == pytest.approx(wait, abs=timedelta(seconds=1))


def test_three_a_day_on_one_letter() -> None:
    sent_before(HOUR, 2 * HOUR, 3 * HOUR)
    assert allowed_in() is None
    assert allowed_in("letter:2") == timedelta(0)


def test_five_ever_on_one_letter() -> None:
    sent_before(*(n * 30 * DAY for n in range(2, 7)))
    assert allowed_in() is None
    assert allowed_in("letter:2") == timedelta(0)


def test_six_a_day_on_the_whole_site() -> None:
    for letter in range(1, 7):
        sent_before(letter * HOUR, topic=f"letter:{letter}")
    assert allowed_in("letter:99") is None


def test_twenty_in_thirty_days_on_the_whole_site() -> None:
    for letter in range(20):
        sent_before((2 + letter) * DAY, topic=f"letter:{letter}")
    assert allowed_in("letter:99") is None


@pytest.mark.parametrize(
    "email", ["suzie+a@example.org", "SUZIE+b+c@EXAMPLE.org", "suzie+@example.org"]
)
def test_t53_what_went_to_a_tagged_address_counts_for_its_mailbox(
    client: Client, email: str
) -> None:
    letter = make_letter()
    for _ in range(3):
        client.post(f"/{letter.slug}/sign/", form_for(letter, email=email))
    assert OutgoingMail.objects.count() == 3
    assert allowed_in(letter.topic, is_tagged=True) is None


def test_t53_what_others_send_to_tags_uses_up_no_room_of_the_plain_address(client: Client) -> None:
    letter = make_letter()
    for number in range(9):
        client.post(f"/{letter.slug}/sign/", form_for(letter, email=f"suzie+{number}@example.org"))
    wait = allowed_in(letter.topic)
    client.post(f"/{letter.slug}/sign/", form_for(letter, email="suzie@example.org"))
    assert OutgoingMail.objects.filter(recipient_key=KEY).count() == 1
    # It keeps its distance from the others all the same.
    assert wait is not None
    assert timedelta(minutes=8) < wait <= timedelta(minutes=9)


def test_t53_what_went_to_a_mailbox_counts_for_its_tagged_addresses(client: Client) -> None:
    letter = make_letter()
    sent_before(HOUR, 2 * HOUR, 3 * HOUR, topic=letter.topic)
    client.post(f"/{letter.slug}/sign/", form_for(letter, email="suzie+tag@example.org"))
    assert OutgoingMail.objects.count() == 3


def test_t53_nothing_before_a_plus_is_no_mailbox_of_everybody() -> None:
    assert mailbox_key("+a@example.org") != mailbox_key("+b@example.org")


def test_tags_are_folded_for_the_caps_and_not_for_counting(client: Client) -> None:
    letter = make_letter()
    for email in ("mum+a@example.org", "mum+b@example.org"):
        make_published(letter, email=email)
    assert Signature.objects.filter(state="published").count() == 2


@pytest.mark.slow
def test_t04_a_thousand_forms_on_fifty_letters_make_six_mails_a_day(client: Client) -> None:
    letters = [make_letter(slug=f"letter-{number}") for number in range(50)]
    answers = set()
    for letter in letters:
        for _ in range(2):
            typed = form_for(letter, email="suzie@example.org")
            answers.add(client.post(f"/{letter.slug}/sign/", typed).status_code)
    assert answers == {302}
    assert OutgoingMail.objects.count() == 6


def test_i6_nothing_leaves_to_a_suppressed_address_even_if_owed_before() -> None:
    owe()
    mail = OutgoingMail.objects.get()
    suppression.suppress(
        email_key=bytes(mail.recipient_key),
        topic=mail.topic,
        reason=SuppressedAddress.Reason.NOT_ME,
        now=timezone.now(),
    )
    assert delivery.deliver_due("confirm") == 0
    assert states() == ["dropped"]


def test_a_suppression_on_one_letter_leaves_the_others_alone() -> None:
    owe()
    mail = OutgoingMail.objects.get()
    suppression.suppress(
        email_key=bytes(mail.recipient_key),
        topic="letter:999",
        reason=SuppressedAddress.Reason.NOT_ME,
        now=timezone.now(),
    )
    assert delivery.deliver_due("confirm") == 1


def test_t07_a_suppressed_address_gets_the_same_page(sign: Any, client: Client) -> None:
    suppression.suppress(
        email_key=email_key("suzie@example.org"),
        topic=suppression.EVERYTHING,
        reason=SuppressedAddress.Reason.STOP,
        now=timezone.now(),
    )
    response = sign()
    assert response.status_code == 302
    assert client.get(response["Location"]).status_code == 200


def test_a_receipt_is_no_unverified_mail_and_has_no_limit() -> None:
    sent_before(*(n * DAY for n in range(2, 7)))
    make_published(email="suzie@example.org")
    assert OutgoingMail.objects.filter(kind="signatures.receipt").count() == 1
