"""Passkeys of staff, with a device made of software."""

from __future__ import annotations

import hashlib
import json
import struct
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_encode

from openletter.accounts import second_factors
from openletter.accounts.models import User
from openletter.moderation.models import AuditEntry
from tests.accounts.steps import (
    AGAIN,
    CODE,
    CODE_AGAIN,
    LOGIN,
    OUTSIDE,
    PASSWORD,
    Clock,
    browser,
    code,
    is_in,
    log_in,
    make_owner,
    type_password,
)

pytestmark = pytest.mark.django_db
FACTORS = "/accounts/2fa/"
ADD = "/accounts/2fa/passkeys/add/"
AT_ONCE = "/accounts/2fa/passkeys/login/"
PASSKEY_AGAIN = "/accounts/2fa/passkeys/reauthenticate/"
SITE = "https://letters.example.org"
_PRESENT, _VERIFIED, _NEW = 0x01, 0x04, 0x40


@pytest.fixture(autouse=True)
def _site(settings: Any) -> None:
    settings.SITE_URL, settings.IS_HTTPS = SITE, True


class Device:
    """Signs whatever it is asked, as a thief's would: what is refused, the site refuses."""

    def __init__(self, *, origin: str = SITE, verifies: bool = True) -> None:
        self.origin, self.verifies = origin, verifies
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._id = hashlib.sha256(str(id(self)).encode()).digest()
        self._owner = ""

    def _said(self, kind: str, options: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        return json.dumps(said).encode()

    def _data(self, host: str, more: int = 0) -> bytes:
        flags = _PRESENT | (_VERIFIED if self.verifies else 0) | more
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + struct.pack(">I", 0)

    def _answer(self, response: dict[str, Any]) -> str:
        name = websafe_encode(self._id)
        sent = {"id": name, "rawId": name, "type": "public-key", "clientExtensionResults": {}}
        coded = {
            key: websafe_encode(value) if isinstance(value, bytes) else value
            for key, value in response.items()
        }
        return json.dumps({**sent, "response": coded})

    def make(self, options: dict[str, Any]) -> str:
        self._owner = options["user"]["id"]
        key = ES256.from_cryptography_key(self._key.public_key())  # type: ignore[no-untyped-call]
        public = cbor.encode(dict(key))
        data = self._data(options["rp"]["id"], _NEW) + bytes(16)
        data += struct.pack(">H", len(self._id)) + self._id + public
        told = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        said = self._said("webauthn.create", options)
        return self._answer({"clientDataJSON": said, "attestationObject": told})

    def use(self, options: dict[str, Any], **changed: Any) -> str:
        said, data = self._said("webauthn.get", options), self._data(options["rpId"])
        signed = data + hashlib.sha256(said).digest()
        response = {
            "clientDataJSON": said,
            "authenticatorData": data,
            "signature": self._key.sign(signed, ec.ECDSA(hashes.SHA256())),
            "userHandle": self._owner,
        }
        return self._answer({**response, **changed})


def asked(client: Client, page: str) -> dict[str, Any]:
    return dict(json.loads(client.get(page).context["passkey_options"]))


def asked_at_once(client: Client) -> dict[str, Any]:
    answer = client.get(AT_ONCE, headers={"X-Requested-With": "XMLHttpRequest"})
    return dict(answer.json()["request_options"]["publicKey"])


def add(client: Client, device: Device, name: str = "blue key") -> Any:
    return client.post(ADD, {"name": name, "credential": device.make(asked(client, ADD))})


def confirmed(clock: Clock) -> Client:
    """Somebody who logged in by a code, and confirmed with another that it is them."""
    client = log_in(clock)
    clock.let_pass(minutes=1)
    client.post(CODE_AGAIN, {"code": code(clock)})
    return client


def with_passkey(clock: Clock, device: Device) -> Client:
    client = confirmed(clock)
    assert add(client, device).status_code == 302
    return client


def words_of(response: Any) -> str:
    return str(response.content.decode())


def test_a_passkey_by_itself_lets_in_who_has_nothing_else(clock: Clock) -> None:
    owner = make_owner(second_factor=False)
    client, device = browser(), Device()
    type_password(client)
    assert not is_in(client)
    client.post(AGAIN, {"password": PASSWORD})
    assert add(client, device)["Location"] == "/accounts/2fa/recovery-codes/"
    assert is_in(client)
    assert Authenticator.objects.filter(user=owner, type="recovery_codes").exists()


def test_a_passkey_is_made_for_the_host_of_the_site(clock: Clock) -> None:
    make_owner()
    options = asked(confirmed(clock), ADD)
    assert options["rp"]["id"] == "letters.example.org"
    chosen = options["authenticatorSelection"]
    assert (chosen["residentKey"], chosen["userVerification"]) == ("required", "required")


def test_a_passkey_logs_in_at_once(clock: Clock) -> None:
    make_owner()
    device = Device()
    with_passkey(clock, device)
    client = browser()
    response = client.post(AT_ONCE, {"credential": device.use(asked_at_once(client))})
    assert response["Location"] == "/admin/"
    assert is_in(client)


def test_a_passkey_is_the_second_step_after_the_password(clock: Clock) -> None:
    make_owner()
    device = Device()
    with_passkey(clock, device)
    client = browser()
    type_password(client)
    assert client.post(CODE, {"credential": device.use(asked(client, CODE))}).status_code == 302
    assert is_in(client)


def test_a_passkey_confirms_who_it_is(clock: Clock) -> None:
    owner = make_owner()
    device = Device()
    with_passkey(clock, device)
    client = Client()
    client.force_login(owner)
    sent = {"credential": device.use(asked(client, CODE_AGAIN)), "next": FACTORS}
    assert client.post(PASSKEY_AGAIN, sent)["Location"] == FACTORS
    assert is_in(client)


def test_t48_a_password_confirms_nothing_beside_a_passkey(clock: Clock) -> None:
    owner = make_owner()
    with_passkey(clock, Device())
    Authenticator.objects.filter(user=owner, type="totp").delete()
    client = Client()
    client.force_login(owner)
    assert client.post(AGAIN, {"password": PASSWORD})["Location"].startswith("/accounts/2fa/")
    assert not is_in(client)


def test_t48_adding_and_removing_a_passkey_ends_the_other_sessions(clock: Clock) -> None:
    make_owner()
    other = log_in(clock)
    clock.let_pass(minutes=1)
    ours = with_passkey(clock, Device())
    assert is_in(ours)
    assert not is_in(other)
    clock.let_pass(minutes=1)
    other = log_in(clock)
    (passkey,) = Authenticator.objects.filter(type="webauthn")
    assert ours.post(f"{FACTORS}passkeys/{passkey.pk}/remove/")["Location"] == FACTORS
    assert is_in(ours)
    assert not is_in(other)
    acts = AuditEntry.objects.filter(action__endswith="passkey").order_by("pk")
    assert [entry.action for entry in acts] == ["add passkey", "remove passkey"]


def test_nobody_removes_the_passkey_of_another(clock: Clock) -> None:
    make_owner()
    client = with_passkey(clock, Device())
    olive = make_owner("olive@example.org")
    theirs = Authenticator.objects.create(user=olive, type="webauthn", data={"name": "x"})
    assert client.post(f"{FACTORS}passkeys/{theirs.pk}/remove/").status_code == 404
    assert Authenticator.objects.filter(pk=theirs.pk).exists()


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "https://sub.letters.example.org", "http://localhost:8000"]
)
def test_a_passkey_that_was_asked_for_elsewhere_is_refused(clock: Clock, origin: str) -> None:
    make_owner()
    device = Device()
    with_passkey(clock, device)
    device.origin = origin
    client = browser()
    sent = {"credential": device.use(asked_at_once(client))}
    assert "asked for at another address" in words_of(client.post(AT_ONCE, sent, follow=True))
    assert not is_in(client)


def test_a_stolen_device_that_asks_nobody_opens_nothing(clock: Clock) -> None:
    make_owner()
    device = Device()
    with_passkey(clock, device)
    device.verifies = False
    client = browser()
    sent = {"credential": device.use(asked_at_once(client))}
    assert "not accepted" in words_of(client.post(AT_ONCE, sent, follow=True))
    type_password(client)
    sent = {"credential": device.use(asked(client, CODE))}
    assert "not accepted" in words_of(client.post(CODE, sent))
    assert not is_in(client)


def test_an_answer_opens_once(clock: Clock) -> None:
    make_owner()
    device = Device()
    with_passkey(clock, device)
    client = browser()
    sent = {"credential": device.use(asked_at_once(client))}
    client.post(AT_ONCE, sent)
    again = browser()
    asked_at_once(again)
    again.post(AT_ONCE, sent)
    assert not is_in(again)


def test_who_may_no_longer_log_in_does_not_by_a_passkey(clock: Clock) -> None:
    owner = make_owner()
    device = Device()
    with_passkey(clock, device)
    User.objects.filter(pk=owner.pk).update(is_active=False)
    client = browser()
    sent = {"credential": device.use(asked_at_once(client))}
    assert client.post(AT_ONCE, sent)["Location"] == "/accounts/inactive/"
    assert not is_in(client)


NONSENSE = [
    *("", "x", "null", "1", "[]", '"x"', "{}", '{"response": 1}', '{"response": {}}'),
    '{"response": {"clientDataJSON": "?"}}',
    json.dumps({"response": {"clientDataJSON": websafe_encode(b"[]")}}),
    json.dumps({"response": {"clientDataJSON": websafe_encode(b"\xff")}}),
    json.dumps(
        {"response": {"clientDataJSON": websafe_encode(json.dumps({"origin": SITE}).encode())}}
    ),
]


@pytest.mark.parametrize("sent", NONSENSE)
def test_whatever_is_sent_the_answer_is_a_page(clock: Clock, sent: str) -> None:
    make_owner()
    client = confirmed(clock)
    asked(client, ADD)
    assert client.post(ADD, {"name": "x", "credential": sent}).status_code == 200
    stranger = browser()
    asked_at_once(stranger)
    assert stranger.post(AT_ONCE, {"credential": sent})["Location"] == LOGIN


@pytest.mark.parametrize(
    "changed",
    [
        {"userHandle": None},
        {"userHandle": 1},
        {"userHandle": websafe_encode(b"99999999999999999999")},
        {"userHandle": websafe_encode(b"\x00")},
        {"userHandle": websafe_encode("ä".encode())},
        {"signature": websafe_encode(b"x")},
        {"authenticatorData": websafe_encode(b"x")},
        {"authenticatorData": websafe_encode(bytes(32) + b"\xc5" + bytes(60))},
    ],
)
def test_a_broken_answer_opens_nothing(clock: Clock, changed: dict[str, Any]) -> None:
    make_owner()
    device = Device()
    with_passkey(clock, device)
    client = browser()
    sent = {"credential": device.use(asked_at_once(client), **changed)}
    assert client.post(AT_ONCE, sent)["Location"] == LOGIN
    type_password(client)
    sent = {"credential": device.use(asked(client, CODE), **changed)}
    assert client.post(CODE, sent).status_code in {200, 302}


def test_t54_answers_after_the_password_are_counted_like_codes(clock: Clock) -> None:
    make_owner()
    with_passkey(clock, Device())
    client, sent = browser(OUTSIDE), {"credential": '{"response": 1}'}
    type_password(client)
    for _ in range(5):
        assert "not accepted" in words_of(client.post(CODE, sent))
    assert "Too many attempts" in words_of(client.post(CODE, sent))


def test_t54_asking_for_a_challenge_has_a_limit(clock: Clock) -> None:
    client = browser(OUTSIDE)
    statuses = [client.get(AT_ONCE).status_code for _ in range(31)]
    assert (statuses[0], statuses[30]) == (302, 429)


def test_the_desk_removes_one_passkey_and_leaves_the_app(clock: Clock) -> None:
    owner = make_owner()
    with_passkey(clock, Device())
    make_owner("olive@example.org")
    clock.let_pass(minutes=1)
    desk = browser()
    type_password(desk, email="olive@example.org")
    desk.post(CODE, {"code": code(clock)})
    (passkey,) = Authenticator.objects.filter(type="webauthn")
    assert "blue key" in words_of(desk.get("/admin/mfa/authenticator/"))
    page = f"/admin/mfa/authenticator/{passkey.pk}/"
    assert "attestationObject" not in words_of(desk.get(f"{page}change/"))
    assert desk.post(f"{page}delete/", {"post": "yes"}).status_code == 302
    left = set(Authenticator.objects.filter(user=owner).values_list("type", flat=True))
    assert "webauthn" not in left
    assert "totp" in left
    assert second_factors.of(owner)


def test_the_list_says_what_there_is_and_a_name_is_only_words(clock: Clock) -> None:
    make_owner()
    client = confirmed(clock)
    add(client, Device(), name="<b>key</b>" + "x" * 100)
    page = words_of(client.get(FACTORS))
    assert "&lt;b&gt;key&lt;/b&gt;" in page
    assert "x" * 61 not in page
