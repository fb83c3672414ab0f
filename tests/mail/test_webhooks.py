"""Providers' webhooks (T32): a captured payload each, verified or not, twice, unknown, odd."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import InternalError, OperationalError, connection
from django.test import Client
from psycopg.errors import IdleInTransactionSessionTimeout

from openletter.lib.people.addresses import email_key
from openletter.mail.feedback.providers import PROVIDERS, generic
from openletter.mail.models import MailEvent, OutgoingMail, SuppressedAddress
from tests.mail.outgoing import REPORTED, TOPIC, state_of
from tests.mail.reporting import SECRET, SIGNING_KEY, payload, post, with_said

pytestmark = pytest.mark.django_db
ALL = sorted(PROVIDERS)


@pytest.fixture(autouse=True)
def _listening(settings: Any) -> None:
    settings.WEBHOOK_SECRET = SECRET
    settings.ANYMAIL = {"MAILGUN_WEBHOOK_SIGNING_KEY": SIGNING_KEY}


@pytest.mark.parametrize("provider", ALL)
def test_a_verified_hard_bounce_marks_the_mail_and_suppresses_the_address_for_its_letter(
    provider: str, mail: OutgoingMail
) -> None:
    response = post(provider, payload(provider))
    assert (response.status_code, response.content) == (200, b"")
    assert state_of(mail) == "bounced"
    assert list(SuppressedAddress.objects.values_list("topic", "reason")) == [(TOPIC, "bounce")]


@pytest.mark.parametrize("provider", ALL)
def test_t32_a_report_with_the_wrong_secret_changes_nothing(
    provider: str, mail: OutgoingMail
) -> None:
    wrong = post(provider, payload(provider), secret="openletter:guessed-guessed-guessed-guess")
    assert wrong.status_code == 403
    assert (state_of(mail), MailEvent.objects.count()) == ("sent", 0)


@pytest.mark.parametrize("provider", ALL)
def test_t32_a_report_without_any_proof_changes_nothing(
    provider: str, mail: OutgoingMail, client: Client
) -> None:
    response = client.post(
        f"/webhooks/mail/{provider}/", payload(provider), content_type="application/json"
    )
    assert response.status_code == (403 if provider == "generic" else 401)
    assert state_of(mail) == "sent"


@pytest.mark.parametrize("provider", ALL)
def test_a_report_that_comes_twice_counts_once(provider: str, mail: OutgoingMail) -> None:
    assert [post(provider, payload(provider)).status_code for _ in range(2)] == [200, 200]
    assert MailEvent.objects.count() == 1


@pytest.mark.parametrize("provider", ALL)
def test_t32_a_report_on_a_mail_that_is_not_ours_is_taken_and_does_nothing(provider: str) -> None:
    assert post(provider, payload(provider)).status_code == 200
    assert not MailEvent.objects.exists()
    assert not SuppressedAddress.objects.exists()


ODD = [b"", b"{", b"[]", b"null", b'"text"', b"{}", b"\xff\xfe", b"[" * 100_000, b'{"kind": []}']


@pytest.mark.parametrize("provider", ALL)
@pytest.mark.parametrize("body", ODD, ids=range(len(ODD)))
def test_t38_something_else_than_a_report_is_refused_or_ignored_and_breaks_nothing(
    provider: str, body: bytes, mail: OutgoingMail
) -> None:
    assert post(provider, body).status_code in {200, 400, 403}
    assert state_of(mail) == "sent"


@pytest.mark.parametrize("provider", [name for name in ALL if name != "mailgun"])
def test_a_verified_body_that_is_no_json_is_malformed(provider: str) -> None:
    assert post(provider, b"{").status_code == 400


def test_mailgun_must_have_signed_even_if_the_secret_is_right(mail: OutgoingMail) -> None:
    response = post("mailgun", payload("mailgun"), signing_key="another-key")
    assert (response.status_code, state_of(mail)) == (403, "sent")


def test_without_its_signing_key_mailgun_is_not_listened_to(settings: Any) -> None:
    settings.ANYMAIL = {}
    assert post("mailgun", payload("mailgun")).status_code == 404


@pytest.mark.parametrize("provider", ALL)
def test_without_a_secret_no_webhook_exists(provider: str, settings: Any) -> None:
    settings.WEBHOOK_SECRET = ""
    assert post(provider, payload(provider)).status_code == 404


def test_a_provider_that_is_not_in_the_table_has_no_webhook(client: Client) -> None:
    assert client.post("/webhooks/mail/pigeon/").status_code == 404


def test_a_webhook_is_posted_to(client: Client) -> None:
    assert client.get("/webhooks/mail/postmark/").status_code == 405


@pytest.mark.parametrize("provider", ALL)
def test_a_body_over_a_mebibyte_is_not_read(provider: str) -> None:
    assert post(provider, b" " * (1024 * 1024 + 1)).status_code == 413


@pytest.mark.parametrize("provider", ALL)
@pytest.mark.parametrize(
    "problem",
    [
        OperationalError("server closed the connection unexpectedly"),
        InternalError("terminating connection due to idle-in-transaction timeout"),
    ],
)
def test_while_the_database_is_away_a_retry_is_asked_for(
    provider: str, mail: OutgoingMail, problem: Exception
) -> None:
    def away(*_args: Any) -> None:
        raise problem from IdleInTransactionSessionTimeout()

    with connection.execute_wrapper(away):
        assert post(provider, payload(provider)).status_code == 503
    assert post(provider, payload(provider)).status_code == 200
    assert state_of(mail) == "bounced"


@pytest.mark.parametrize("provider", ALL)
def test_i16_nothing_of_a_payload_is_logged(
    provider: str, mail: OutgoingMail, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    post(provider, payload(provider))
    post(provider, payload(provider), secret="openletter:wrong")
    post(provider, json.dumps(payload(provider)).encode()[:-3])
    logged = caplog.text + "".join(str(record.exc_info) for record in caplog.records)
    assert "suzie" not in logged
    assert "0123456789-" not in logged


def mailgun_failed(code: int, text: str, **said: str) -> dict[str, Any]:
    return {"delivery-status": {"code": code, "message": text}, **said}


SAID = [
    ("postmark", {"Type": "BadEmailAddress"}, "bounced", True),
    ("postmark", {"Type": "SoftBounce"}, "sent", False),
    ("postmark", {"Type": "Transient"}, "sent", False),
    ("postmark", {"Type": "SpamNotification"}, "bounced", False),
    ("postmark", {"Type": "ManuallyDeactivated"}, "bounced", False),
    ("postmark", {"Type": "AutoResponder"}, "sent", False),
    ("postmark", {"RecordType": "SpamComplaint", "Type": "SpamComplaint"}, "complained", True),
    ("mailgun", {"severity": "temporary"}, "sent", False),
    ("mailgun", mailgun_failed(550, "5.7.1 blocked by policy"), "bounced", False),
    ("mailgun", mailgun_failed(550, "no such user"), "bounced", True),
    ("mailgun", mailgun_failed(605, "", reason="suppress-bounce"), "bounced", False),
    ("mailgun", mailgun_failed(602, "Too old", reason="old"), "sent", False),
    ("mailgun", {"event": "complained"}, "complained", True),
    ("mailgun", {"event": "delivered"}, "sent", False),
    ("brevo", {"event": "soft_bounce"}, "sent", False),
    ("brevo", {"event": "invalid_email", "reason": None}, "bounced", True),
    ("brevo", {"reason": "550 5.7.26 unauthenticated"}, "bounced", False),
    ("brevo", {"event": "blocked"}, "bounced", False),
    ("brevo", {"event": "spam"}, "complained", True),
    ("brevo", {"event": "delivered"}, "sent", False),
    ("amazon_ses", {"bounceType": "Transient"}, "sent", False),
    ("amazon_ses", {"bounceType": "Undetermined"}, "sent", False),
    ("amazon_ses", {"bounceSubType": "OnAccountSuppressionList"}, "bounced", False),
    ("generic", {"kind": "soft_bounce"}, "sent", False),
    ("generic", {"kind": "refused"}, "bounced", False),
    ("generic", {"kind": "complaint"}, "complained", True),
    ("generic", {"kind": "delivered"}, "sent", False),
]


@pytest.mark.parametrize(("provider", "said", "state", "suppresses"), SAID)
def test_what_a_provider_says_is_translated_into_our_words(
    provider: str, said: dict[str, Any], state: str, suppresses: bool, mail: OutgoingMail
) -> None:
    assert post(provider, with_said(provider, said)).status_code == 200
    assert state_of(mail) == state
    assert SuppressedAddress.objects.exists() is suppresses


@pytest.mark.parametrize(
    ("seconds", "status", "state"),
    [(-301, 403, "sent"), (-300, 200, "bounced"), (300, 200, "bounced"), (301, 403, "sent")],
)
def test_a_signature_is_good_for_five_minutes(
    seconds: int, status: int, state: str, mail: OutgoingMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = int(time.time())
    monkeypatch.setattr(time, "time", lambda: float(now))  # a clock that stands still
    body = json.dumps(payload("generic")).encode()
    response = post(
        "generic",
        body,
        **{"X-Openletter-Signature": generic.signature(SECRET, now + seconds, body)},
    )
    assert (response.status_code, state_of(mail)) == (status, state)


def test_a_signature_is_good_for_its_own_body_only(mail: OutgoingMail) -> None:
    other = generic.signature(SECRET, int(time.time()), b"{}")
    response = post("generic", payload("generic"), **{"X-Openletter-Signature": other})
    assert (response.status_code, state_of(mail)) == (403, "sent")


WRONG = [
    {"event_id": "suzie@example.org"},
    {"event_id": ""},
    {"event_id": "x" * 201},
    {"mail": "1"},
    {"at": "yesterday"},
    {"at": "2026-11-20T16:28:50"},
]


@pytest.mark.parametrize("wrong", WRONG)
def test_a_signed_report_with_a_field_that_cannot_be_is_malformed(
    wrong: dict[str, str], mail: OutgoingMail
) -> None:
    assert post("generic", payload("generic") | wrong).status_code == 400
    assert state_of(mail) == "sent"


def test_the_address_itself_is_suppressed_by_its_hash_alone(mail: OutgoingMail) -> None:
    post("postmark", payload("postmark"))
    assert bytes(SuppressedAddress.objects.get().email_key) == email_key("suzie@example.org")


# --- Any field as something else ----------------------------------------------------------------

# JSON can say all of it; "\ud800" is half a character, which no database takes.
NO_WORDS = [
    "\ud800@example.org",
    "\x00",
    True,
    -1,
    1e300,
    None,
    [],
    ["a"],
    {},
    {"a": [1]},
    "9" * 40,
]


def places(said: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a payload, those within its places too."""
    inside = dict(enumerate(said)) if isinstance(said, list) else said
    within = inside.items() if isinstance(inside, dict) else ()
    return [path, *(one for key, value in within for one in places(value, (*path, key)))]


def replaced(said: Any, path: tuple[Any, ...], value: Any) -> Any:
    changed = copy.deepcopy(said)
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return changed


def unfolded(provider: str) -> tuple[Any, Callable[[Any], Any]]:
    """Return what a provider says, and how that becomes what is sent."""
    said = payload(provider)
    if provider != "amazon_ses":
        return said, lambda changed: changed
    return json.loads(said["Message"]), lambda changed: {**said, "Message": json.dumps(changed)}


@pytest.mark.slow
@pytest.mark.parametrize("provider", ALL)
@pytest.mark.parametrize("names", ["a mail", "a recipient"])
def test_t38_a_field_that_is_something_else_breaks_nothing(
    provider: str, names: str, mail: OutgoingMail
) -> None:
    said, sent_as = unfolded(provider)
    if names == "a recipient":  # so that it is looked for
        said = without_the_mail(said)
    answers = {
        (path, str(value)): post(provider, sent_as(replaced(said, path, value))).status_code
        for path in places(said)[1:]
        for value in NO_WORDS
        if provider != "mailgun" or path[0] != "signature"
    }
    assert {place: status for place, status in answers.items() if status >= 500} == {}
    assert {400, 200} <= set(answers.values())


def without_the_mail(said: Any) -> Any:
    """Take away by what the mail is recognised, but for the address."""
    text = json.dumps(said).replace(REPORTED.hex, "0" * 31).replace(str(REPORTED), "x")
    left = json.loads(text)
    if isinstance(left.get("mail"), dict):  # Amazon's
        left["mail"].pop("headers", None)
    return left
