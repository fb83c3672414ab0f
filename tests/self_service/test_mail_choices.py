"""Receipts, reminders, "this was not me" and "stop all mail"."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from openletter.ledger.models import LedgerEntry, Tally
from openletter.letters.models import Letter
from openletter.lib import tokens
from openletter.mail import outbox
from openletter.mail.models import OutgoingMail, SuppressedAddress
from openletter.mail.outbox.kinds import Owed, kind_named
from openletter.mail.outbox.messages import compose
from openletter.mail_kinds import MAILS
from openletter.self_service import changes
from openletter.signatures import confirmation, reminders
from openletter.signatures.mails import subjects
from openletter.signatures.models import Signature
from tests.factories import make_letter, make_published, make_signature
from tests.self_service.steps import acts
from tests.steps import SAME_ORIGIN

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def path_of(page: str, signature: Signature) -> str:
    token = tokens.make(page.replace("-", "_"), signature.public_id)
    return f"/s/{token}/{page}/"


def kinds() -> list[str]:
    return list(OutgoingMail.objects.order_by("pk").values_list("kind", flat=True))


def mail_about(signature: Signature, kind: str = "receipt") -> tuple[str, str]:
    """Return the words of a mail, and its HTML."""
    outbox.enqueue(
        f"signatures.{kind}",
        dedupe_key=f"{kind} for {signature.pk}",
        recipient=signature.email,
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
    pending, published = make_signature(), make_published()
    abouts = {
        "signatures.confirm": pending,
        "signatures.reminder": pending,
        "signatures.signed_already": published,
        "signatures.receipt": published,
    }
    for kind, signature in abouts.items():
        assert kind in MAILS
        context = kind_named(kind).context(Owed(signature.public_id))
        assert context is not None, kind
        assert {"not_me_url", "stop_url"} <= set(context), kind


@pytest.mark.parametrize("kind", ["confirm", "reminder"])
def test_a_mail_offers_to_take_back_only_what_is_signed(kind: str) -> None:
    attempt = make_signature()
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


@pytest.mark.parametrize("page", ["not-me", "stop", "unsubscribe"])
def test_t01_opening_the_links_changes_nothing(client: Client, page: str) -> None:
    signature = make_published(wants_updates=True)
    for _ in range(3):
        assert client.get(path_of(page, signature)).status_code == 200
        assert client.head(path_of(page, signature)).status_code == 200
    signature.refresh_from_db()
    assert (signature.state, signature.wants_updates) == ("published", True)
    assert not SuppressedAddress.objects.exists()


def test_t03_this_was_not_me_withdraws_a_published_signature(client: Client) -> None:
    signature = make_published()
    client.post(path_of("not-me", signature), headers=SAME_ORIGIN)
    signature.refresh_from_db()
    assert signature.state == "withdrawn"
    assert Tally.objects.get().people == 0
    assert LedgerEntry.objects.latest("index").kind == "withdrawn"
    assert SuppressedAddress.objects.get().topic == signature.letter.topic


@pytest.mark.parametrize("purpose", ["mine", "confirm", "signed"])
@pytest.mark.parametrize("state", ["pending", "held", "published", "removed"])
def test_t42_this_was_not_me_ends_every_earlier_link(
    client: Client, purpose: str, state: str
) -> None:
    """Whoever signed with somebody else's address may have seen the mail, and keeps nothing."""
    counts = state == "published"
    confirmed = None if state == "pending" else timezone.now()
    signature = make_published() if counts else make_signature(state=state, confirmed_at=confirmed)
    token = tokens.make(purpose, signature.public_id, generation=signature.generation)
    client.post(path_of("not-me", signature), headers=SAME_ORIGIN)
    address = f"/s/{token}/" if purpose == "mine" else f"/s/{token}/{purpose}/"
    answer = client.get(address)
    assert answer.status_code == 410
    assert "/my-signature/" not in answer.content.decode()  # no mail would come
    assert client.post(path_of("not-me", signature), headers=SAME_ORIGIN).status_code == 200


@pytest.mark.parametrize(
    ("state", "after"),
    [
        ("pending", "expired"),
        ("held", "withdrawn"),
        ("removed", "withdrawn"),
        ("expired", "expired"),
    ],
)
def test_this_was_not_me_drops_what_does_not_count(client: Client, state: str, after: str) -> None:
    signature = make_signature(state=state, confirmed_at=timezone.now())
    for _ in range(2):
        assert client.post(path_of("not-me", signature), headers=SAME_ORIGIN).status_code == 200
    signature.refresh_from_db()
    assert signature.state == after
    assert not Tally.objects.exists()


def test_stop_all_mail_suppresses_the_address_everywhere_and_keeps_the_signature(
    client: Client,
) -> None:
    signature = make_published()
    client.post(path_of("stop", signature), headers=SAME_ORIGIN)
    signature.refresh_from_db()
    assert signature.state == "published"
    assert SuppressedAddress.objects.get().topic == ""


def test_one_click_unsubscribes_without_cookie_or_origin(client: Client) -> None:
    signature = make_published(wants_updates=True)
    response = client.post(path_of("unsubscribe", signature), {"List-Unsubscribe": "One-Click"})
    signature.refresh_from_db()
    assert (response.status_code, signature.wants_updates) == (200, False)


def test_unsubscribing_is_on_record_once(client: Client) -> None:
    signature = make_published(wants_updates=True)
    for _ in range(2):
        client.post(path_of("unsubscribe", signature))
    assert acts() == ["stop updates"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"List-Unsubscribe=One-Click", "application/x-www-form-urlencoded; charset=ISO-8859-1"),
        (b"List-Unsubscribe=One-Click", "application/x-www-form-urlencoded; charset=us-ascii"),
        (b"List-Unsubscribe=One-Click", "multipart/form-data"),
        (b"", ""),
        (b"", "application/x-www-form-urlencoded; charset=nonsense"),
        (b"\xff\x00%ff%00", "application/x-www-form-urlencoded"),
        (b"{}", "application/json; charset=utf-16"),
        (b"x" * 100_000, "text/plain"),
    ],
)
def test_one_click_reads_no_body(client: Client, body: bytes, kind: str) -> None:
    signature = make_published(wants_updates=True)
    response = client.generic("POST", path_of("unsubscribe", signature), body, kind)
    signature.refresh_from_db()
    assert (response.status_code, signature.wants_updates) == (200, False)


def test_t26_another_site_can_press_none_of_the_buttons(client: Client) -> None:
    signature = make_published()
    for page in ("not-me", "stop"):
        response = client.post(path_of(page, signature), headers={"Sec-Fetch-Site": "cross-site"})
        assert response.status_code == 403
    assert not SuppressedAddress.objects.exists()


def remind_after(age: timedelta, letter: Letter | None = None) -> int:
    attempt = make_signature(letter, asked_at=timezone.now() - age)
    reminders.remind(now=timezone.now())
    attempt.refresh_from_db()
    return attempt.reminders


def test_who_has_not_confirmed_is_reminded_after_a_day() -> None:
    assert remind_after(timedelta(hours=23)) == 0
    assert remind_after(timedelta(hours=25)) == 1
    assert kinds() == ["signatures.reminder"]


def test_the_second_reminder_comes_only_if_the_letter_says_so() -> None:
    for slug, twice in (("once", False), ("twice", True)):
        letter = make_letter(slug=slug, second_reminder=twice)
        attempt = make_signature(letter, asked_at=timezone.now() - 5 * DAY, reminders=1)
        reminders.remind(now=timezone.now())
        attempt.refresh_from_db()
        assert attempt.reminders == (2 if twice else 1)


def test_nobody_is_reminded_of_a_closed_letter_or_a_dead_link() -> None:
    closed = make_letter(slug="closed", state=Letter.State.CLOSED)
    assert remind_after(2 * DAY, closed) == 0
    assert remind_after(8 * DAY, make_letter()) == 0


def test_a_reminder_says_nothing_once_confirmed_or_closed() -> None:
    attempt = make_signature()
    reminder = kind_named("signatures.reminder")
    assert reminder.context(Owed(attempt.public_id)) is not None
    Letter.objects.update(state=Letter.State.CLOSED)
    subjects.forget()
    assert reminder.context(Owed(attempt.public_id)) is None
    Letter.objects.update(state=Letter.State.OPEN)
    subjects.forget()
    confirmation.confirm(attempt, now=timezone.now())
    assert reminder.context(Owed(attempt.public_id)) is None


def test_a_reminder_is_owed_once_however_often_the_task_runs() -> None:
    make_signature(asked_at=timezone.now() - 2 * DAY)
    for _ in range(3):
        reminders.remind(now=timezone.now())
    assert kinds() == ["signatures.reminder"]
