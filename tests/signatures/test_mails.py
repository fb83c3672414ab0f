"""The mails about a signature: what they say, and which links they hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from openletter.lib.people.addresses import Recipient
from openletter.mail import outbox
from openletter.mail.models import OutgoingMail
from openletter.mail.outbox.kinds import Owed, kind_named
from openletter.mail.outbox.messages import compose
from openletter.mail_kinds import MAILS
from openletter.self_service import changes
from openletter.signatures.models import Signature
from tests.factories import make_published, make_signature
from tests.signatures.steps import kinds

pytestmark = pytest.mark.django_db


def mail_about(signature: Signature, kind: str = "receipt") -> tuple[str, str]:
    """Return the words of a mail, and its HTML."""
    outbox.enqueue(
        f"signatures.{kind}",
        dedupe_key=f"{kind} for {signature.pk}",
        recipient=Recipient.of(signature.email),
        language="en",
        about=signature.public_id,
        topic=signature.letter.topic,
        now=timezone.now(),
    )
    message = compose(OutgoingMail.objects.latest("pk"))
    assert message is not None
    return str(message.body), str(message.alternatives[0][0])


def test_confirming_owes_a_receipt_with_the_number() -> None:
    signature = make_published()
    assert kinds() == ["signatures.receipt"]
    context = kind_named("signatures.receipt").context(Owed(signature.public_id))
    assert context is not None
    assert (context["number"], context["version"]) == (1, 1)
    assert len(context["fingerprint"]) == 64


def test_every_mail_about_a_signature_says_how_to_get_out() -> None:
    pending, published = make_signature(page_opened=True), make_published()
    abouts = {
        "signatures.confirm": pending,
        "signatures.reminder": pending,
        "signatures.one_more_click": pending,
        "signatures.signed_already": published,
        "signatures.receipt": published,
    }
    for kind, signature in abouts.items():
        assert kind in MAILS
        context = kind_named(kind).context(Owed(signature.public_id))
        assert context is not None, kind
        assert {"not_me_url", "stop_url"} <= set(context), kind


def opened() -> Signature:
    return make_signature(page_opened=True)


def test_one_more_click_says_why_and_that_it_is_the_last_reminder() -> None:
    for part in mail_about(opened(), "one_more_click"):
        assert "the button on it has not been pressed" in part
        assert "only a program that checks e-mails" in part
        assert "will not remind you again" in part
        assert "You have not yet confirmed" not in part


@pytest.mark.parametrize(
    ("kind", "hours", "days"),
    [("reminder", 24, 6), ("one_more_click", 96, 3), ("one_more_click", 166, 1)],
)
def test_a_reminder_says_how_long_its_link_still_lasts(kind: str, hours: int, days: int) -> None:
    asked_at = timezone.now() - timedelta(hours=hours, minutes=2)
    said = f"valid for {days} day{'s' if days > 1 else ''}."
    attempt = make_signature(page_opened=True, asked_at=asked_at)
    assert all(said in part for part in mail_about(attempt, kind))


@pytest.mark.parametrize("kind", ["confirm", "reminder", "one_more_click"])
def test_a_mail_offers_to_take_back_only_what_is_signed(kind: str) -> None:
    attempt = opened()
    offered = "take the signature back"
    unsigned, signed = mail_about(attempt, kind), mail_about(make_published())
    assert [offered in part.lower() for part in unsigned] == [False, False]
    assert [offered in part.lower() for part in signed] == [True, True]
    assert all("/not-me/" in part and "/stop/" in part for part in (*unsigned, *signed))


def withdrawn() -> Signature:
    signature = make_published()
    changes.withdraw(signature.pk, now=timezone.now())
    signature.refresh_from_db()
    return signature


@pytest.mark.parametrize("kind", ["withdrawn", "access"])
def test_no_mail_about_what_was_withdrawn_asks_whether_it_was_somebody_else(kind: str) -> None:
    for part in mail_about(withdrawn(), kind):
        assert "/not-me/" not in part
        assert "wasn’t you" not in part
        assert "/stop/" in part


def test_the_link_to_what_was_withdrawn_promises_no_more_than_it_does() -> None:
    assert all("correct, hide, withdraw" in part for part in mail_about(make_published(), "access"))
    for part in mail_about(withdrawn(), "access"):
        assert "what is still stored" in part
        assert "correct, hide" not in part


def test_the_mail_of_who_stopped_all_mail_offers_to_stop_nothing() -> None:
    for signature in (make_signature(), make_published()):
        for part in mail_about(signature, "resume"):
            assert "/resume/" in part
            assert "/stop/" not in part
    counted = mail_about(make_published(), "resume")
    assert all("take the signature back" in part.lower() for part in counted)  # it is signed


@pytest.mark.parametrize(
    ("kind", "make"),
    [
        ("confirm", make_signature), ("reminder", make_signature), ("resume", make_signature),
        ("one_more_click", opened),
        ("resume", make_published), ("receipt", make_published),
        ("signed_already", make_published), ("access", make_published), ("access", withdrawn),
        ("withdrawn", withdrawn),
    ],
)  # fmt: skip
def test_no_mail_has_the_same_link_twice(kind: str, make: Callable[[], Signature]) -> None:
    text, html = mail_about(make(), kind)
    for found in (re.findall(r"https?://\S+", text), re.findall(r'href="([^"]+)"', html)):
        assert found
        assert sorted(found) == sorted(set(found))
