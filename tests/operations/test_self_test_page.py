"""The self-test of the desk: what was looked up, and a test mail through the real outbox."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from openletter.mail.models import OutgoingMail, SuppressedAddress
from openletter.mail.monitoring import self_test
from openletter.mail.monitoring.dns_checks import lookup
from openletter.mail.outbox import delivery
from openletter.moderation.models import AuditEntry
from tests.dns_server import NameServer
from tests.mail.steps import caught
from tests.steps import SAM

pytestmark = pytest.mark.django_db
PAGE = "/admin/delivery/self-test/"


@pytest.fixture(autouse=True)
def _name_server(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.DEFAULT_FROM_EMAIL = "Letters <hello@letters.example>"
    zone = {("letters.example", "TXT"): ['"v=spf1 <b> -all"']}
    with NameServer(zone) as server:
        monkeypatch.setattr(lookup, "system_resolver", server.resolver)
        yield


def page(desk: Client) -> str:
    answer = desk.get(PAGE)
    assert answer.status_code == 200
    return answer.content.decode()


def test_every_check_stands_there_with_a_verdict_and_a_sentence(desk: Client) -> None:
    shown = page(desk)
    assert "What receiving servers look up about letters.example" in shown
    assert '<tr class="delivery-good">\n                <th scope="row">SPF</th>' in shown
    for name in ("DKIM", "DMARC", "Reverse DNS", "MX"):
        assert f'<th scope="row">{name}</th>' in shown
    assert "_dmarc.letters.example" in shown
    assert "v=spf1 &lt;b&gt; -all" in shown


def test_without_a_network_the_page_says_so_and_is_no_error(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookup, "SECONDS_PER_QUESTION", 0.2)
    with NameServer({}, silent=True) as server:
        monkeypatch.setattr(lookup, "system_resolver", server.resolver)
        shown = page(desk)
    assert shown.count("could not be looked up") >= 4


def test_a_test_mail_goes_to_oneself_through_the_outbox(desk: Client, mailbox: Path) -> None:
    desk.post(f"{PAGE}send/", {"to": "somebody@else.example"})
    assert "Status: due." in page(desk)
    assert delivery.deliver_due("confirm") == 1
    (message,) = caught(mailbox)
    assert message["X-Envelope-To"] == SAM
    text = message.get_body(("plain",))
    assert text is not None
    assert "/admin/" in text.get_content()
    assert "Status: sent." in page(desk)
    assert AuditEntry.objects.get(action="send test mail").actor is not None


def test_a_second_test_mail_waits_for_the_first(desk: Client) -> None:
    for _ in range(2):
        desk.post(f"{PAGE}send/")
    assert OutgoingMail.objects.count() == 1
    OutgoingMail.objects.update(state="sent")
    desk.post(f"{PAGE}send/")
    assert OutgoingMail.objects.count() == 2


def test_a_test_mail_that_could_not_leave_says_why(desk: Client) -> None:
    desk.post(f"{PAGE}send/")
    OutgoingMail.objects.update(attempts=2, error="SMTPDataError 451")
    assert "Last error: SMTPDataError 451, after 2 attempts." in page(desk)


def test_others_test_mails_are_not_shown(desk: Client) -> None:
    desk.post(f"{PAGE}send/")
    assert self_test.latest("other@example.org") is None


def test_a_suppressed_operator_is_told_so(desk: Client) -> None:
    desk.post(f"{PAGE}send/")
    mail = OutgoingMail.objects.get()
    SuppressedAddress.objects.create(
        email_key=mail.recipient_key, topic="", reason="stop", at=mail.due_at
    )
    delivery.deliver_due("confirm")
    assert "the address takes no such mail" in page(desk)
