"""Every public page has one address; what a view depends on, it declares (T37)."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.test import Client, RequestFactory
from django.urls import ResolverMatch, resolve
from django.utils import translation

from openletter.letters.models import Letter
from openletter.lib.http.answer_classes import public
from openletter.lib.http.locale import language_of_path
from tests.factories import make_many, make_update, make_version
from tests.urls import all_paths

pytestmark = pytest.mark.django_db

# Each address is that of a page that exists: only the second version has changes.
PATHS = [path.replace("/versions/1/", "/versions/2/") for path in all_paths()]
LISTS = ("/open-letter/signatures/", "/de/open-letter/updates/")
TAGS = "utm_source=mail&fbclid=1&next=//evil.example"
# Who reads all of them at once, as `wellformed` does to refuse what is no text, takes `lists`.
EVERYTHING = "(all of them)"
# Of these the page cache knows: the host is checked before, the scheme is part of its key.
SAME_FOR_ALL = {"HTTP_HOST", "HTTP_X_FORWARDED_PROTO"}


def match_of(path: str) -> ResolverMatch:
    with translation.override(language_of_path(path)):
        return resolve(path)


def declared_by(view: Callable[..., Any]) -> set[str] | None:
    """Return the parameters that a public view declares; None for any other view."""
    declared = getattr(view, "varies_by", None)
    return None if declared is None else set(declared)


PUBLIC = [path for path in PATHS if declared_by(match_of(path).func) is not None]
# Without parameters `/oembed` is asked for nothing (tests/embeds/test_oembed.py).
SHOWN = [path for path in PUBLIC if path != "/oembed"]


@pytest.fixture
def whole(letter: Letter) -> Letter:
    """A letter of which every public page exists."""
    make_version(letter, en="Dear world,\n\nplease listen.")
    make_update(letter)
    make_many(letter, 3)
    return letter


# --- What a view may read ------------------------------------------------------------------------


class Parameters(QueryDict):
    """The parameters of an address, and which of them somebody looked at."""

    def __init__(self, query: str = "") -> None:
        super().__init__(query)
        self.read: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        self.read.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.read.add(str(key))
        return super().__contains__(key)

    def getlist(self, key: str, default: Any = None) -> Any:
        self.read.add(key)
        return super().getlist(key, default)

    def __iter__(self) -> Iterator[Any]:
        self.read.add(EVERYTHING)
        return super().__iter__()

    def items(self) -> Any:
        self.read.add(EVERYTHING)
        return super().items()

    def urlencode(self, safe: str | None = None) -> str:
        self.read.add(EVERYTHING)
        return super().urlencode(safe)


class Environment(dict[str, Any]):
    """What came with a request, and which of it that tells visitors apart somebody looked at."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.read: set[str] = set()

    def _note(self, key: object) -> None:
        if str(key).startswith(("HTTP_", "REMOTE_")):
            self.read.add(str(key))

    def __getitem__(self, key: str) -> Any:
        self._note(key)
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self._note(key)
        return super().get(key, default)

    def __contains__(self, key: object) -> bool:
        self._note(key)
        return super().__contains__(key)

    def items(self) -> Any:
        self.read.add(EVERYTHING)
        return super().items()


def read_by(view: Callable[..., Any], path: str, **arguments: Any) -> tuple[set[str], set[str]]:
    """Return the parameters, and what else of the visitor, that a view looks at."""
    language = language_of_path(path)
    request = RequestFactory().get(path, headers={"Accept-Language": "fr", "User-Agent": "x"})
    request.LANGUAGE_CODE = language
    parameters, environment = Parameters(), Environment(request.META)
    setattr(request, "GET", parameters)  # noqa: B010 - Django's stubs call it read-only
    request.META = environment
    with translation.override(language):
        assert view(request, **arguments).status_code == 200, path
    return parameters.read, environment.read - SAME_FOR_ALL


def test_t37_the_public_views_are_known() -> None:
    assert {"/", "/open-letter/", "/embed/openletter.js", "/open-letter/count.json"} < set(PUBLIC)
    assert {*LISTS, "/de/open-letter/versions/2/changes/", "/open-letter/privacy/"} < set(PUBLIC)
    assert not [path for path in PUBLIC if path.startswith(("/admin/", "/s/", "/accounts/"))]


def test_t37_no_public_view_reads_a_parameter_that_it_does_not_declare(
    whole: Letter, subtests: pytest.Subtests
) -> None:
    for path in SHOWN:
        match = match_of(path)
        read, told_apart_by = read_by(match.func, path, **match.kwargs)
        with subtests.test(path):
            assert read - (declared_by(match.func) or set()) == set()
            assert told_apart_by == set()


def names_read_in(source: str) -> set[str]:
    """Return what a view's own code names of `request.GET`, in whichever branch."""
    tree = ast.parse(textwrap.dedent(source))
    named, uses = set(), 0
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr="GET"):
                uses += 1
            case (
                ast.Call(
                    func=ast.Attribute(value=ast.Attribute(attr="GET"), attr="get" | "getlist"),
                    args=[ast.Constant(value=str(name)), *_],
                )
                | ast.Subscript(
                    value=ast.Attribute(attr="GET"), slice=ast.Constant(value=str(name))
                )
                | ast.Compare(
                    left=ast.Constant(value=str(name)), comparators=[ast.Attribute(attr="GET")]
                )
            ):
                uses -= 1
                named.add(name)
    return named | ({EVERYTHING} if uses else set())


def test_t37_nor_does_one_in_a_branch_that_no_test_takes(subtests: pytest.Subtests) -> None:
    views = {inspect.unwrap(match_of(path).func): match_of(path).func for path in PUBLIC}
    assert len(views) > 8
    for inner, view in views.items():
        with subtests.test(inner.__qualname__):
            assert names_read_in(inspect.getsource(inner)) == declared_by(view)


def test_t37_a_view_that_reads_more_is_found() -> None:
    @public(varies_by=("after",))
    def curious(request: HttpRequest) -> HttpResponse:
        words = (request.GET.get("after"), "page" in request.GET, request.META.get("HTTP_COOKIE"))
        return HttpResponse(str(words))

    assert read_by(curious, "/x/") == ({"after", "page"}, {"HTTP_COOKIE"})
    assert names_read_in(inspect.getsource(inspect.unwrap(curious))) == {"after", "page"}
    assert names_read_in("def view(request):\n    return dict(request.GET)") == {EVERYTHING}


# --- The way to the address ----------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("seconds", [0, 60])
def test_t37_every_other_address_leads_to_the_canonical_one(
    client: Client,
    whole: Letter,
    settings: Any,
    seconds: int,
    method: str,
    subtests: pytest.Subtests,
) -> None:
    settings.PUBLIC_CACHE_SECONDS = seconds
    for path in SHOWN:
        if seconds:
            client.get(path)  # so that its answer is kept, and the cache leads on by itself
        response = getattr(client, method)(f"{path}?{TAGS}")
        with subtests.test(path):
            assert (response.status_code, response["Location"]) == (301, path)
            assert response["Cache-Control"] == "no-store"
            assert client.get(response["Location"]).status_code == 200


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    ("asked", "canonical"),
    [
        ("after=5&utm_source=x", "?after=5"),
        ("utm_source=x&after=5", "?after=5"),
        ("after=4&after=5", "?after=5"),
        ("after=%35", "?after=5"),
        ("after=5&", "?after=5"),
        ("after=", ""),
        ("after", ""),
        ("After=5", ""),
    ],
)
def test_t37_a_list_keeps_what_it_depends_on_once(
    client: Client, whole: Letter, path: str, asked: str, canonical: str
) -> None:
    response = client.get(path, QUERY_STRING=asked)
    assert (response.status_code, response["Location"]) == (301, f"{path}{canonical}")


@pytest.mark.parametrize("path", LISTS)
def test_the_canonical_address_of_a_page_of_a_list_leads_nowhere_else(
    client: Client, whole: Letter, path: str
) -> None:
    assert client.get(f"{path}?after=5").status_code == 200


def test_t37_what_the_cache_leads_on_with_is_what_the_view_would_say(
    client: Client, whole: Letter, settings: Any, subtests: pytest.Subtests
) -> None:
    settings.PUBLIC_CACHE_SECONDS = 60
    for path in SHOWN:
        of_the_view = client.get(f"{path}?{TAGS}")
        assert client.get(path).status_code == 200
        of_the_cache = client.get(f"{path}?{TAGS}")
        with subtests.test(path):
            assert dict(of_the_cache.items()) == dict(of_the_view.items())


@pytest.mark.parametrize("path", ["/embed/openletter.js", "/open-letter/count.json"])
def test_other_sites_may_follow_to_what_they_may_use(
    client: Client, letter: Letter, path: str
) -> None:
    response = client.get(f"{path}?v=2", headers={"Origin": "https://elsewhere.example"})
    assert (response.status_code, response["Location"]) == (301, path)
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_t37_tags_tell_nobody_whether_there_is_such_a_letter(
    client: Client, letter: Letter
) -> None:
    Letter.objects.update(state=Letter.State.DRAFT)
    for path in ("/open-letter/", "/nothing/"):
        assert client.get(f"{path}?utm_source=x")["Location"] == path
        assert client.get(path).status_code == 404


def test_a_form_that_somebody_sends_anyway_is_refused_and_not_led_on(
    client: Client, letter: Letter
) -> None:
    assert client.post("/open-letter/?utm_source=x").status_code == 405
