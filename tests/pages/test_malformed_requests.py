"""T38, T39: whatever is sent to a form of the public, the answer is never a 5xx."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from django.test import Client

from openletter.letters.models import Letter
from openletter.lib import tokens
from openletter.mail.feedback.providers import PROVIDERS
from openletter.signatures.inbox import typed_form
from openletter.signatures.models import Signature
from openletter.wsgi import application
from tests.factories import make_signature
from tests.malformed import (
    BOUNDARIES,
    CHARSETS,
    HEADERS,
    NAMES,
    PARAMETERS,
    PART_HEADERS,
    TEXTS,
    Malformed,
    malformed,
)
from tests.urls import all_paths

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
WEBHOOK_SECRET = "openletter:only-for-tests-only-for-tests"
# One spelling of each: the others differ by a prefix or by what stands for a slug.
PUBLIC = [path for path in all_paths() if not path.startswith(("/admin/", "/de/"))]


@pytest.fixture(autouse=True)
def _open_to_the_public(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.WEBHOOK_SECRET = WEBHOOK_SECRET
    # The client makes requests as the site does.
    monkeypatch.setattr("django.test.client.WSGIRequest", application.request_class)


@pytest.fixture
def client() -> Client:
    """A client that shows the page of an error, as the site would."""
    return Client(raise_request_exception=False)


def takes_forms(path: str) -> bool:
    """Say whether anybody may send something there, without logging in first."""
    response = Client().post(path)
    asks_to_log_in = response.get("Location", "").startswith("/accounts/login/")
    return response.status_code != 405 and not asks_to_log_in


def addresses(path: str, attempt: Signature) -> list[str]:
    """Return an address as it is in the urlconf, and with what would be found behind it."""
    if path.startswith("/webhooks/"):
        return [path, *(path.replace("open-letter", provider) for provider in PROVIDERS)]
    if not path.startswith("/s/x/"):
        return [path]
    purpose = path.split("/")[3].replace("-", "_")
    inbox = typed_form.inbox_token(attempt.public_id, attempt.letter.public_id)
    token = tokens.make(purpose, attempt.public_id, generation=attempt.generation)
    return [path.replace("/x/", f"/{found}/") for found in ("x", inbox, token)]


def status(client: Client, path: str, sent: Malformed, *, method: str = "POST") -> int:
    basic = base64.b64encode(WEBHOOK_SECRET.encode()).decode()
    extra: dict[str, Any] = {"HTTP_AUTHORIZATION": f"Basic {basic}", **sent.headers}
    body = sent.body
    if method == "GET":
        extra.pop("CONTENT_LENGTH", None)
        body = b""
    response = client.generic(
        method, path, body, sent.content_type, QUERY_STRING=sent.query, **extra
    )
    return int(response.status_code)


def test_t38_t39_malformed_requests_to_a_form_are_refused_and_break_nothing(
    client: Client, letter: Letter, subtests: pytest.Subtests
) -> None:
    attempt = make_signature(letter)
    forms = [path for path in PUBLIC if takes_forms(path)]
    assert {"/open-letter/sign/", "/s/x/code/", "/accounts/password/reset/"} <= set(forms)
    for path in forms:
        found = addresses(path, attempt)
        broken = [
            str(sent)
            for number, sent in enumerate(malformed(path))
            if status(client, found[number % len(found)], sent) >= 500
        ]
        with subtests.test(path):
            assert broken[:5] == []


def test_t38_t39_every_malformed_thing_is_sent_somewhere() -> None:
    """Each of the addresses gets others, by its name; together they get all that there are."""
    sent = [one for path in PUBLIC for one in malformed(path, 60)]
    kinds = " ".join(one.content_type for one in sent)
    bodies = b"".join(one.body for one in sent)
    named = [part.replace(b"NAME", b"name") for part in PART_HEADERS]
    headers = {pair for one in sent for pair in one.headers.items()}
    assert [word for word in (*CHARSETS, *PARAMETERS, *BOUNDARIES) if word not in kinds] == []
    assert [part for part in (*TEXTS, *NAMES, *named) if part not in bodies] == []
    assert {(name, word) for name, words in HEADERS.items() for word in words} == headers


def test_t38_malformed_questions_for_a_page_break_nothing(client: Client, letter: Letter) -> None:
    broken = [
        f"{path} {sent}"
        for path in PUBLIC
        for sent in malformed(path, 10)
        if status(client, path, sent, method="GET") >= 500
    ]
    assert broken[:5] == []


@pytest.mark.parametrize(
    "kind", ["x/y; x*=nonsense''x", "x/y; charset*=utf-8''%00", "x/y; charset=idna"]
)
@pytest.mark.parametrize("path", ["/", "/open-letter/", "/open-letter/count.json", "/healthz"])
def test_t38_a_page_is_shown_whatever_content_type_a_question_names(
    client: Client, letter: Letter, path: str, kind: str
) -> None:
    for query in ("", "?after=%ff", "?utm=1"):
        sent = {"Content-Type": kind}
        assert client.get(f"{path}{query}", headers=sent, follow=True).status_code == 200
