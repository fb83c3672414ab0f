"""What every answer carries, for every address in the urlconf (T27, T37)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from openletter.letters.models import Letter
from openletter.lib.http.answer_classes import PUBLIC
from tests.factories import make_published
from tests.urls import all_paths

pytestmark = pytest.mark.django_db

# Django's own redirect to any object breaks on an id that is no UUID.
PATHS = [path for path in all_paths() if not path.startswith("/admin/r/")]
DESK = ("/admin/", "/accounts/")
WITHOUT_LOGIN = [path for path in PATHS if not path.startswith(DESK)]
TIME_OF_DAY = re.compile(rb"T\d\d:\d\d:\d\d")
UNKNOWN = [
    "/nothing/",
    "/open-letter/nothing/",
    "/de/nothing/",
    "/account/x.css",
    "/x.php",
    "/.env",
]
PUBLIC_PAGES = re.compile(
    r"(/de)?/(open-letter/((signatures|updates|numbers|privacy|versions(/1)?)/)?)?"
    r"|(/de)?/open-letter/embed/|/open-letter/(badge\.svg|(shields|series)\.json)"
    r"|/open-letter/(count\.json|numbers\.(json|csv))|/embed/openletter\.js"
)
# Only these may be shown within a page of another site.
FRAMED = {"/open-letter/embed/", "/de/open-letter/embed/"}
# In these nothing may happen but the colours of their own style sheet.
PICTURES = {"/open-letter/badge.svg"}
# Only these may be used by other sites.
FOR_ANY_SITE = {
    *FRAMED,
    *PICTURES,
    *("/open-letter/shields.json", "/open-letter/series.json"),
    *("/open-letter/count.json", "/open-letter/numbers.json", "/open-letter/numbers.csv"),
    "/embed/openletter.js",
}


@pytest.fixture(autouse=True)
def _answers_instead_of_exceptions(desk: Client) -> None:
    desk.raise_request_exception = False


def policy_of(response: Any) -> dict[str, str]:
    parts = [part.strip().partition(" ") for part in response["Content-Security-Policy"].split(";")]
    return {name: sources for name, _space, sources in parts if name}


def check_fixed_headers(response: Any) -> None:
    policy = policy_of(response)
    assert policy["default-src"] == policy["object-src"] == policy["base-uri"] == "'none'"
    path = response.wsgi_request.path_info
    is_framed = path in FRAMED and response.status_code == 200
    assert policy["frame-ancestors"] == ("*" if is_framed else "'none'")
    assert response.get("X-Frame-Options") == (None if is_framed else "DENY")
    is_picture = path in PICTURES and response.status_code == 200
    own = "'none'" if is_framed or is_picture else "'self'"
    assert policy["script-src"] == policy["connect-src"] == policy["form-action"] == own
    assert policy["worker-src"] == "'self'"
    styles = policy["style-src"]
    assert styles.startswith("'sha256-") if is_picture else styles == "'self'"
    assert "unsafe" not in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in response["Permissions-Policy"]
    allowed = "(self)" if path.startswith("/accounts/") else "()"
    for act in ("create", "get"):
        assert f"publickey-credentials-{act}={allowed}" in response["Permissions-Policy"]
    assert response["Referrer-Policy"] in {"no-referrer", "strict-origin-when-cross-origin"}


@pytest.mark.slow
def test_t27_every_answer_is_strict(
    client: Client, letter: Letter, subtests: pytest.Subtests
) -> None:
    for path in [*PATHS, *UNKNOWN]:
        for response in (client.get(path), client.post(path)):
            with subtests.test(path):
                assert response.status_code < 500
                check_fixed_headers(response)
                shared = "cross-origin" if path in FOR_ANY_SITE else "same-origin"
                if response.status_code == 200:
                    assert response["Cross-Origin-Resource-Policy"] == shared


@pytest.mark.slow
def test_t27_so_is_every_answer_to_staff(desk: Client, subtests: pytest.Subtests) -> None:
    signature = make_published()
    for path in PATHS:
        if path.startswith(DESK):
            path = path.replace("/1/", f"/{signature.pk}/")
            with subtests.test(path):
                response = desk.get(path)
                assert response.status_code < 500
                check_fixed_headers(response)
                assert "no-store" in response["Cache-Control"]


def test_t37_only_public_pages_that_exist_may_be_kept(client: Client, letter: Letter) -> None:
    paths = {*PATHS, *UNKNOWN}
    kept = {path for path in paths if client.get(path)["Cache-Control"] == PUBLIC}
    assert kept == {path for path in paths if PUBLIC_PAGES.fullmatch(path)}


@pytest.mark.slow
@pytest.mark.parametrize("cookies", ["", "session=stale; csrf=stale; messages=stale; x=y"])
def test_t37_cookies_are_set_and_asked_for_at_the_desk_only(letter: Letter, cookies: str) -> None:
    client = Client(headers={"Cookie": cookies})
    personal = [
        (path, dict(response.headers))
        for path in [*WITHOUT_LOGIN, *UNKNOWN]
        for response in (client.get(path), client.post(path))
        if response.cookies or "Cookie" in response.get("Vary", "")
    ]
    assert personal == []


def without_time(said: bytes) -> bytes:
    """Return an answer without the second at which it was made."""
    return TIME_OF_DAY.sub(b"", said)


@pytest.mark.slow
def test_t37_who_is_logged_in_gets_the_same_public_pages(
    client: Client, desk: Client, letter: Letter
) -> None:
    different = []
    for path in WITHOUT_LOGIN:
        ours, theirs = desk.get(path), client.get(path)
        is_public = not ours.cookies and "Cookie" not in ours.get("Vary", "")
        is_same = without_time(ours.content) == without_time(theirs.content)
        if not is_public or not is_same or ours.status_code != theirs.status_code:
            different.append(path)
    assert different == []


@pytest.mark.parametrize(
    "path", ["/s/x/inbox/", "/s/x/confirm/", "/s/x/signed/", "/open-letter/sign/"]
)
def test_t31_pages_about_one_person_pass_nothing_on(
    client: Client, letter: Letter, path: str
) -> None:
    response = client.get(path)
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Robots-Tag"] == "noindex"


def passes_nothing_on(response: Any) -> bool:
    found = [response.get(name) for name in ("Cache-Control", "Referrer-Policy", "X-Robots-Tag")]
    return found == ["no-store", "no-referrer", "noindex"]


MISTYPED = [
    *(
        "/s/x/nothing/",
        "/s/x/",
        "/s/x/confirm",
        "/s/x/confirm/more/",
        "/s/",
        "/s/x",
        "/de/s/x/xyz/",
    ),
    *("/s/x/../x/", "/s/x/inbox//", "/s/%00/confirm/", "/s/x/confirm/?x=%00", "/de/s/x/confirm"),
]


@pytest.mark.parametrize("path", MISTYPED)
@pytest.mark.parametrize("method", ["get", "post", "put", "delete", "options", "head"])
def test_t31_no_answer_below_a_token_passes_it_on(
    client: Client, letter: Letter, path: str, method: str
) -> None:
    assert passes_nothing_on(getattr(client, method)(path))


@pytest.mark.slow
def test_t31_no_error_passes_on_where_it_happened(
    client: Client, letter: Letter, subtests: pytest.Subtests
) -> None:
    for path in [*WITHOUT_LOGIN, *UNKNOWN]:
        for method in ("get", "post", "put"):
            response = getattr(client, method)(path)
            with subtests.test(f"{method} {path}"):
                assert response.status_code < 400 or passes_nothing_on(response)


MALFORMED = {
    "nul": {"data": "name=a%00b", "content_type": "application/x-www-form-urlencoded"},
    "another encoding": {"data": b"x", "content_type": "text/plain; charset=base64"},
    "too large": {"data": b"x" * 70_000, "content_type": "text/plain"},
    "a forged host": {"data": b"", "content_type": "text/plain", "HTTP_HOST": "evil.example"},
}


@pytest.mark.parametrize("sent", MALFORMED.values(), ids=MALFORMED.keys())
@pytest.mark.parametrize("path", ["/open-letter/sign/", "/s/x/code/", "/s/x/confirm/"])
def test_t31_t38_a_malformed_request_passes_nothing_on(
    client: Client, letter: Letter, path: str, sent: dict[str, Any]
) -> None:
    response = client.generic("POST", path, **sent)
    assert (response.status_code, passes_nothing_on(response)) == (400, True)


@pytest.mark.parametrize("query", ["?after=1" + "&x" * 3000, "?" + "x=1&" * 3000])
def test_t31_an_error_of_the_outer_middleware_passes_nothing_on(
    client: Client, letter: Letter, query: str
) -> None:
    response = client.get(f"/open-letter/signatures/{query}")
    assert (response.status_code, passes_nothing_on(response)) == (400, True)


def test_t31_an_error_at_the_desk_is_not_indexed_and_lets_forms_be_sent(desk: Client) -> None:
    response = desk.get("/admin/nothing/")
    assert (response.status_code, response["X-Robots-Tag"]) == (404, "noindex")
    assert response["Referrer-Policy"] != "no-referrer"


def test_pages_that_may_be_found_may_still_be_found(client: Client, letter: Letter) -> None:
    for path in ("/", "/open-letter/", "/open-letter/signatures/", "/de/open-letter/"):
        response = client.get(path)
        assert "X-Robots-Tag" not in response.headers
        assert response["Referrer-Policy"] == "strict-origin-when-cross-origin"


@pytest.mark.parametrize("host", ["evil.example", "testserver:evil", "", "testserver.evil.example"])
def test_t37_a_forged_host_gets_nothing(letter: Letter, settings: Any, host: str) -> None:
    settings.PUBLIC_CACHE_SECONDS = 1
    client = Client()
    assert client.get("/open-letter/").status_code == 200
    response = client.get("/open-letter/", headers={"Host": host})
    assert response.status_code == 400
    assert response.get("Cache-Control") == "no-store"
    assert b"evil" not in response.content


def test_t37_a_forwarded_host_is_not_believed(client: Client, letter: Letter) -> None:
    plain = client.get("/open-letter/").content
    forged = client.get("/open-letter/", headers={"X-Forwarded-Host": "evil.example"}).content
    assert forged == plain
    assert b"evil" not in forged


def test_public_pages_load_nothing_from_elsewhere_and_hold_no_inline_code(
    client: Client, letter: Letter
) -> None:
    for path in ("/", "/de/", "/open-letter/", "/de/open-letter/", "/open-letter/signatures/"):
        page = client.get(path).content.decode()
        loaded = re.findall(r"<(?:script|img|iframe|source)[^>]*\ssrc=[\"']([^\"']*)", page)
        loaded += re.findall(r"<link rel=\"(?:stylesheet|icon)\"[^>]*href=\"([^\"]*)", page)
        assert loaded
        assert all(address.startswith(django_settings.STATIC_URL) for address in loaded)
        assert not re.search(r"<script(?![^>]*\ssrc=)|\sstyle=|\son\w+=|<style", page)


def test_a_page_that_does_not_take_a_method_says_which_it_does(
    client: Client, letter: Letter
) -> None:
    answers = [(path, client.put(path)) for path in WITHOUT_LOGIN]
    refused = {path for path, response in answers if response.status_code == 405}
    assert refused >= {"/", "/open-letter/", "/open-letter/count.json", "/s/x/code/", "/healthz"}
    assert all(response["Allow"] for path, response in answers if path in refused)


@pytest.mark.parametrize("path", ["/", "/open-letter/", "/open-letter/sign/", "/s/x/confirm/"])
def test_a_public_page_knows_no_session_and_nobody(desk: Client, letter: Letter, path: str) -> None:
    request = desk.get(path).wsgi_request
    assert not hasattr(request, "session")
    assert not hasattr(request, "user")
    assert hasattr(desk.get("/admin/").wsgi_request, "session")
