"""Delivery through a provider's API: the same verdicts as over SMTP, one connection per batch."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests
from anymail.exceptions import (
    AnymailAPIError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailUnsupportedFeature,
)

from openletter.mail.models import MailEvent, OutgoingMail
from openletter.mail.outbox import delivery
from openletter.mail.transport import smtp_replies
from openletter.mail.transport.smtp_replies import RelayUnavailable
from tests.mail.steps import owe, states

pytestmark = pytest.mark.django_db
TAKEN = {"ErrorCode": 0, "Message": "OK", "MessageID": "0a129aee", "To": "TO"}
INACTIVE = {
    "ErrorCode": 406,
    "Message": "You tried to send to a recipient that has been marked as inactive.\n"
    "Found inactive addresses: TO.\nInactive recipients are ones that have generated a hard bounce"
    " or a spam complaint.",
}


class Postmark(ThreadingHTTPServer):
    """Answers as the API of Postmark does, with what the test put into `answers`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.answers: list[tuple[int, dict[str, Any]]] = []
        self.asked: list[dict[str, Any]] = []
        self.connections = 0


class _Session(BaseHTTPRequestHandler):
    server: Postmark
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.server.asked.append(json.loads(self.rfile.read(length)))
        status, said = self.server.answers.pop(0) if self.server.answers else (200, TAKEN)
        body = json.dumps(said).replace("TO", self.server.asked[-1]["To"]).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        pass


@pytest.fixture
def postmark(settings: Any) -> Iterator[Postmark]:
    with Postmark() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
        settings.ANYMAIL = {
            "IGNORE_UNSUPPORTED_FEATURES": True,
            "REQUESTS_TIMEOUT": 2,
            "POSTMARK_SERVER_TOKEN": "token",
            "POSTMARK_API_URL": f"http://127.0.0.1:{server.server_port}/",
        }
        yield server
        server.shutdown()


def test_a_batch_goes_through_the_api_over_one_connection(postmark: Postmark) -> None:
    for _ in range(5):
        owe()
    assert delivery.deliver_due("confirm") == 5
    assert postmark.connections == 1
    assert states() == ["sent"] * 5


def test_a_mail_tells_the_provider_its_id_so_that_a_report_finds_it(postmark: Postmark) -> None:
    owe()
    delivery.deliver_due("confirm")
    assert postmark.asked[0]["Metadata"] == {"mail": OutgoingMail.objects.get().pk.hex}


def test_f11_a_recipient_that_the_provider_refuses_bounces_and_the_next_is_sent(
    postmark: Postmark,
) -> None:
    postmark.answers = [(422, INACTIVE), (200, TAKEN)]
    owe()
    owe()
    assert delivery.deliver_due("confirm") == 1
    assert states() == ["bounced", "sent"]
    assert MailEvent.objects.get().kind == "hard_bounce"
    assert postmark.connections == 1


@pytest.mark.parametrize("status", [400, 403, 422, 500, 503])
def test_f24_any_other_no_costs_that_mail_one_try_and_keeps_the_connection(
    postmark: Postmark, status: int
) -> None:
    postmark.answers = [(status, {"ErrorCode": 300, "Message": "no"}), (200, TAKEN)]
    owe()
    owe()
    assert delivery.deliver_due("confirm") == 1
    mail = OutgoingMail.objects.get(state="due")
    assert (mail.attempts, mail.error) == (1, f"AnymailRequestsAPIError {status}")
    assert postmark.connections == 1


@pytest.mark.parametrize("status", [401, 402, 429])
def test_f09_a_no_to_every_mail_costs_no_try(postmark: Postmark, status: int) -> None:
    postmark.answers = [(status, {"ErrorCode": 10, "Message": "no"})]
    owe()
    owe()
    assert delivery.deliver_due("confirm") == 0
    assert set(OutgoingMail.objects.values_list("state", "attempts", "lease_until")) == {
        ("due", 0, None)
    }
    assert delivery.deliver_due("confirm") == 2


def test_f09_an_api_that_cannot_be_reached_costs_no_try_and_is_left_in_peace(
    postmark: Postmark, settings: Any
) -> None:
    settings.ANYMAIL = settings.ANYMAIL | {"POSTMARK_API_URL": "http://127.0.0.1:1/"}
    owe()
    for _ in range(5):
        assert delivery.relay.may_try()
        delivery.deliver_due("confirm")
    assert not delivery.relay.may_try()
    assert OutgoingMail.objects.get().attempts == 0


def test_f09_a_mail_that_gets_through_ends_the_suspicion(postmark: Postmark) -> None:
    delivery.relay.errors = 4
    owe()
    delivery.deliver_due("confirm")
    assert delivery.relay.errors == 0


def test_a_provider_without_its_key_costs_no_try(settings: Any, postmark: Postmark) -> None:
    settings.ANYMAIL = {}
    owe()
    assert delivery.deliver_due("confirm") == 0
    mail = OutgoingMail.objects.get()
    assert (mail.state, mail.attempts, mail.lease_until) == ("due", 0, None)


def through_boto(status: int) -> AnymailAPIError:
    return AnymailAPIError(response={"ResponseMetadata": {"HTTPStatusCode": status}})


ERRORS = [
    (AnymailRecipientsRefused(), "bounced", True),
    (AnymailInvalidAddress(), "bounced", True),
    (AnymailUnsupportedFeature(), "due", False),
    (AnymailAPIError(), "due", False),
    (through_boto(400), "due", False),
    (UnicodeEncodeError("ascii", "ü", 0, 1, "no"), "due", False),
    (requests.ReadTimeout(), "due", False),
]


@pytest.mark.parametrize(("problem", "state", "blames_address"), ERRORS)
def test_each_class_of_error_has_its_verdict(
    problem: Exception, state: str, blames_address: bool
) -> None:
    verdict = smtp_replies.judge(problem)
    assert (verdict.state, verdict.blames_address) == (state, blames_address)


@pytest.mark.parametrize(("status", "refused"), [(401, True), (402, True), (429, False)])
def test_a_wrong_key_and_a_full_quota_are_about_all_mail(status: int, refused: bool) -> None:
    with pytest.raises(RelayUnavailable) as raised:
        smtp_replies.judge(through_boto(status))
    assert raised.value.refused is refused


def test_what_the_provider_said_is_not_repeated(postmark: Postmark) -> None:
    postmark.answers = [(422, INACTIVE)]
    owe()
    delivery.deliver_due("confirm")
    assert "@" not in OutgoingMail.objects.get().error
