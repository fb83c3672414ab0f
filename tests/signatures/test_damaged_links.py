"""Links that mail programs and people damage on the way: they work, or a page says what to do."""

from __future__ import annotations

from urllib.parse import quote, unquote

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from openletter.letters.models import Letter
from openletter.lib import tokens
from openletter.signatures.inbox import typed_form
from openletter.signatures.models import Signature
from openletter.wsgi import application
from tests.factories import make_published, make_signature

pytestmark = pytest.mark.django_db
BEHIND = (
    ".",
    ")",
    "%3E",
    "=",
    "%20",
    "%22",
    "=20",
    "=3E",
    "%2C",
    "=20",
    "%C2%A0",
    ">",
    "%E2%80%9D",
    "./",
    ").",
    "%0A",
)
PURPOSES = ("confirm", "not-me", "stop", "unsubscribe", "signed", "")


def link(purpose: str, signature: Signature) -> str:
    if purpose == "inbox":
        token = typed_form.inbox_token(signature.public_id, signature.letter.public_id)
        return f"/s/{token}/inbox/"
    name = purpose.replace("-", "_") or "mine"
    token = tokens.make(name, signature.public_id, generation=signature.generation)
    return f"/s/{token}/{purpose}/".replace("//", "/")


def get(path: str) -> HttpResponse:
    """Ask as a web process is asked: the client of the tests would take //s/ for a host."""
    request = RequestFactory().get("/")
    request.path_info = request.path = unquote(path)
    answer = application.get_response(request)
    assert isinstance(answer, HttpResponse)
    return answer


@pytest.mark.slow
@pytest.mark.parametrize("behind", BEHIND)
@pytest.mark.parametrize("purpose", PURPOSES)
def test_what_stands_behind_a_link_makes_no_difference(
    client: Client, letter: Letter, purpose: str, behind: str
) -> None:
    right = link(
        purpose,
        make_published(letter, wants_updates=True)
        if purpose == "signed"
        else make_signature(letter),
    )
    for damaged in (right + behind, right.rstrip("/") + behind):
        answer = client.get(damaged, follow=True)
        assert answer.status_code == 200, damaged
        assert answer.content == client.get(right).content or purpose == ""


@pytest.mark.parametrize("purpose", [*PURPOSES, "inbox"])
def test_neither_do_slashes_too_many(letter: Letter, purpose: str) -> None:
    signature = make_published(letter) if purpose == "signed" else make_signature(letter)
    right = link(purpose, signature)
    for prefix in ("", "/de"):
        page = get(prefix + right).content
        for damaged in (f"/{right}", f"//{right}", right.replace("/s/", "/s//"), f"{right}/"):
            answer = get(prefix + damaged)
            assert (answer.status_code, answer.content) == (200, page), damaged


@pytest.mark.parametrize("prefix", ["", "/de"])
def test_nor_does_an_encoding_once_more(letter: Letter, prefix: str) -> None:
    right = prefix + link("confirm", make_signature(letter))
    once = "/" + quote(right[1:], safe="")
    for damaged in (once, quote(once), once + "%3E", once.replace("%2F", "%2f")):
        assert get(damaged).status_code in {200, 302}, damaged
        found = get(get(damaged).get("Location", damaged))
        assert found.status_code == 200
        assert found.content == get(right).content


@pytest.mark.parametrize(
    "around", ['"{}"', "%22{}%22", "<{}>", "{}%20", " {}", "{}.", "=\r\n{}", "({})"]
)
def test_nor_does_what_stands_around_the_token(letter: Letter, around: str) -> None:
    signature = make_signature(letter)
    token = link("confirm", signature).split("/")[2]
    broken = f"{token[:30]}= {token[30:]}"
    for damaged in (around.format(token), broken):
        answer = Client().get(f"/s/{quote(damaged)}/confirm/")
        assert answer.status_code == 200
        assert answer.context["signer"] == signature


def test_t01_a_damaged_link_confirms_nothing_when_it_is_opened(client: Client) -> None:
    signature = make_signature()
    for behind in BEHIND:
        client.get(link("confirm", signature) + behind, follow=True)
    signature.refresh_from_db()
    assert signature.state == "pending"


def test_a_damaged_address_takes_what_is_sent_to_it(client: Client) -> None:
    signature = make_published(wants_updates=True)
    assert client.post(link("unsubscribe", signature) + ").").status_code == 200
    signature.refresh_from_db()
    assert not signature.wants_updates


def test_t26_and_still_asks_who_sends_it(client: Client) -> None:
    signature = make_signature()
    answer = client.post(link("confirm", signature) + ".", headers={"Sec-Fetch-Site": "cross-site"})
    signature.refresh_from_db()
    assert (answer.status_code, signature.state) == (403, "pending")


@pytest.mark.parametrize(
    "path",
    [
        "/s/x",
        "/s/x/y/z",
        "/s/AAAA.BBBB/confirm/.",
        "/s/x%00",
        "/s/" + "x" * 5000,
        "/s/" + "a/" * 2000,
        "/s/../admin/",
        "/s/..%2f..%2fadmin/",
        "/s/done/nothing-of-ours/.",
        "/de/s/x/confirm",
    ],
)
def test_what_cannot_be_mended_gets_the_page_with_a_way_on(client: Client, path: str) -> None:
    answer = client.get(path, follow=True)
    assert answer.status_code == 404
    assert answer["Cache-Control"] == "no-store"
    if "done" not in path:
        assert answer.context["notice"]["actions"]
        assert answer.context["notice"]["title"] in {
            "This link is incomplete",
            "Dieser Link ist unvollständig",
        }


@pytest.mark.parametrize(
    ("path", "has_code"),
    [
        ("/s/AAAA.BBBB/confirm/", True),
        ("/s/AAAA.BBBB/confirm", True),
        ("/s/AAAA.BBBB/renew/", True),
        ("/s/AAAA.BBBB/", False),
        ("/s/AAAA.BBBB/not-me/", False),
        ("/s/AAAA.BBBB/stop/", False),
        ("/s/AAAA.BBBB/resume/", False),
        ("/s/AAAA.BBBB/unsubscribe/", False),
        ("/s/AAAA.BBBB/signed/", False),
        ("/s/AAAA.BBBB/inbox/", False),
        ("/s/AAAA.BBBB/nothing/", False),
    ],
)
def test_a_code_is_spoken_of_only_where_the_mail_has_one(
    client: Client, path: str, has_code: bool
) -> None:
    method = client.post if "renew" in path else client.get
    answer = method(path, headers={"Sec-Fetch-Site": "same-origin"}, follow=True)
    assert answer.status_code == 404
    assert ("six-digit code" in answer.content.decode()) == has_code


def test_t30_mending_leads_nowhere_else(client: Client) -> None:
    for path in ("/s//evil.example/.", "//s/evil.example", "/s/https:%2F%2Fevil.example/confirm/."):
        location = get(path).get("Location", "")
        assert not location.startswith("//")
        assert location == "" or location.startswith("/s/")
