"""Everybody who signed and chose to be shown, page by page; and nobody else, anywhere (I14)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from openletter.letters.models import Letter
from openletter.lib.http.answer_classes import PUBLIC
from openletter.signatures import signatory_list
from openletter.signatures.models import Signature
from tests.factories import decide, make_letter, make_many, make_published, make_signature
from tests.queries import queries_of

pytestmark = pytest.mark.django_db
PATH = "/open-letter/signatures/"
S = Signature.State


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten names a page, so that few rows make many pages."""
    monkeypatch.setattr(signatory_list.newest, "__kwdefaults__", {"after": None, "size": 10})


def read_all(client: Client) -> list[list[str]]:
    """Follow the links from the first page to the last."""
    pages, cursor = [], ""
    while True:
        context = client.get(f"{PATH}?after={cursor}" if cursor else PATH).context
        pages.append([one["name"] for one in context["others"]])
        cursor = context["next_cursor"]
        if not cursor:
            return pages


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("number", [0, 1, 9, 10, 11, 25, 30])
def test_no_name_is_missing_and_none_comes_twice(
    client: Client, letter: Letter, number: int
) -> None:
    make_many(letter, number)
    pages = read_all(client)
    assert [name for page in pages for name in page] == [
        f"Signer {index}" for index in reversed(range(number))
    ]
    assert len(pages) == max(1, -(-number // 10))


@pytest.mark.usefixtures("small_pages")
def test_who_signs_while_somebody_reads_moves_no_page(client: Client, letter: Letter) -> None:
    make_many(letter, 25)
    cursor = client.get(PATH).context["next_cursor"]
    before = client.get(f"{PATH}?after={cursor}").context["others"]
    make_many(letter, 7)
    after = client.get(f"{PATH}?after={cursor}").context["others"]
    assert [one["id"] for one in after] == [one["id"] for one in before]


@pytest.mark.usefixtures("small_pages")
def test_who_is_removed_while_somebody_reads_leaves_no_gap(client: Client, letter: Letter) -> None:
    make_many(letter, 25)
    first = client.get(PATH).context
    at_the_cursor = first["others"][-1]["id"]
    decide(Signature.objects.get(pk=at_the_cursor), S.REMOVED)
    rest = client.get(f"{PATH}?after={first['next_cursor']}").context["others"]
    assert [one["name"] for one in rest] == [f"Signer {index}" for index in range(14, 4, -1)]


def test_first_signatories_come_first_and_on_the_first_page_only(
    client: Client, letter: Letter
) -> None:
    make_many(letter, 101)
    make_published(letter, name="First Second", first_position=2)
    make_published(letter, name="First First", first_position=1)
    first = client.get(PATH).context
    second = client.get(f"{PATH}?after={first['next_cursor']}").context
    assert [one["name"] for one in first["first"]] == ["First First", "First Second"]
    assert (len(first["others"]), first["is_first_page"]) == (100, True)
    assert (second["first"], second["is_first_page"]) == ([], False)
    assert [one["name"] for one in second["others"]] == ["Signer 0"]


def test_the_unnamed_are_counted_on_the_last_page(client: Client, letter: Letter) -> None:
    make_many(letter, 101)
    make_many(letter, 1, show_name=False)
    first = client.get(PATH)
    last = client.get(f"{PATH}?after={first.context['next_cursor']}")
    line = 'class="names__unnamed">and one '
    assert line not in first.content.decode()
    assert "and 2 more, one of whom prefers not to be named" in first.content.decode()
    assert line in last.content.decode()
    assert "data-others" not in last.content.decode()  # who signs now stands on the first page


def hide_one_of_each(letter: Letter) -> None:
    """Make a signature for every reason not to be shown, each with a name to look for."""
    now = timezone.now()
    for state in (S.PENDING, S.EXPIRED):
        make_signature(letter, name=f"Hidden {state}", state=state)
    for state in (S.HELD, S.WITHDRAWN, S.REMOVED):
        make_signature(letter, name=f"Hidden {state}", state=state, confirmed_at=now)
    make_published(letter, name="Hidden unnamed", show_name=False)
    for state in (S.HELD, S.REMOVED):
        decide(make_published(letter, name=f"Hidden once shown {state}"), state)
    make_published(make_letter(slug="another"), name="Hidden elsewhere")


SURFACES = ["/", PATH, "/open-letter/", "/open-letter/count.json", "/open-letter/sign/"]


@pytest.mark.parametrize("path", [*SURFACES, f"{PATH}?after=999"])
def test_i14_only_published_names_that_want_to_be_shown_are_shown(
    client: Client, letter: Letter, path: str
) -> None:
    hide_one_of_each(letter)
    make_published(letter, name="Suzie Shown")
    make_published(letter, name="Sam Shown", first_position=1)
    page = client.get(path).content.decode()
    assert "Hidden" not in page
    if "signatures" in path:
        assert "Suzie Shown" in page


def test_i14_a_first_signatory_must_be_published_too(client: Client, letter: Letter) -> None:
    for state in (S.PENDING, S.HELD, S.REMOVED, S.WITHDRAWN, S.EXPIRED):
        make_signature(
            letter, name="Hidden", state=state, first_position=1, confirmed_at=timezone.now()
        )
    for path in (PATH, "/open-letter/"):
        response = client.get(path)
        assert response.context["first"] == []
        assert "Hidden" not in response.content.decode()


def test_i14_the_number_and_the_names_tell_the_same_story(client: Client, letter: Letter) -> None:
    hide_one_of_each(letter)
    make_many(letter, 3, kind="person", email="x@example.org")
    context = client.get(PATH).context
    assert context["numbers"].count == 4
    assert context["numbers"].unnamed == 1
    assert len(context["others"]) == 3


def test_only_fields_that_are_declared_public_are_read(client: Client, letter: Letter) -> None:
    make_many(letter, 1)
    with CaptureQueriesContext(connection) as asked:
        (shown,) = client.get(PATH).context["others"]
    private = {"email", "email_key", "consent", "language", "created_at"}
    assert not private & shown.keys()
    of_signatures = [query["sql"] for query in asked if "signatures_signature" in query["sql"]]
    assert of_signatures
    assert not [sql for sql in of_signatures for name in private if f'"{name}"' in sql]


def test_what_people_wrote_is_text(client: Client) -> None:
    letter = make_letter(asks_comment=True)
    fields = ("name", "title", "affiliation", "comment")
    make_published(letter, **dict.fromkeys(fields, "<i>\"R'n'D\" & more"))
    page = client.get(PATH).content.decode()
    assert "<i>" not in page
    assert page.count("&lt;i&gt;&quot;R&#x27;n&#x27;D&quot; &amp; more<") == len(fields)


@pytest.mark.parametrize(
    "after",
    ["x", "-1", "1.5", "1e3", "٣", "1 ", "%00", "9999999999", "1'--", "0x1", "null", "1,2", "¹"],
)
def test_t38_a_cursor_that_is_none_is_not_found(client: Client, letter: Letter, after: str) -> None:
    response = client.get(PATH, query_params={"after": after.replace("%00", "\x00")})
    assert response.status_code in ({400} if after == "%00" else {404})
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("after", ["0", "999999999"])
def test_a_cursor_beyond_either_end_is_an_ordinary_page(
    client: Client, letter: Letter, after: str
) -> None:
    make_many(letter, 2)
    shown = client.get(f"{PATH}?after={after}").context["others"]
    assert len(shown) == (0 if after == "0" else 2)


def test_one_row_and_fifty_rows_need_the_same_number_of_queries(
    client: Client, letter: Letter
) -> None:
    make_many(letter, 1)
    few = queries_of(client, PATH)
    make_many(letter, 249)
    assert queries_of(client, PATH) == few <= 6
    assert queries_of(client, f"{PATH}?after=120") <= few


def test_t37_it_sets_no_cookie_and_may_be_kept_by_anyone(client: Client, letter: Letter) -> None:
    for path in (PATH, f"{PATH}?after=5"):
        response: Any = client.get(path)
        assert not response.cookies
        assert response["Cache-Control"] == PUBLIC


def test_a_comment_is_shown_only_while_the_letter_asks_for_one(client: Client) -> None:
    letter = make_letter(asks_comment=True)
    make_published(letter, comment="Because it matters")
    assert "Because it matters" in client.get(PATH).content.decode()
    Letter.objects.update(asks_comment=False)
    assert "Because it matters" not in client.get(PATH).content.decode()


def test_i14_the_lists_show_whom_the_model_calls_named(letter: Letter) -> None:
    """Their SQL is written out, for the sake of the database; the model's is what counts."""
    for state in S.values:
        for shown in (True, False):
            for place in (None, 1):
                make_signature(
                    letter,
                    state=state,
                    show_name=shown,
                    first_position=place,
                    confirmed_at=timezone.now(),
                )
    placed = Signature.objects.filter(state=S.PUBLISHED)
    for index, signature in enumerate(placed):
        Signature.objects.filter(pk=signature.pk).update(ledger_index=index)
    listed = [
        *signatory_list.first_signatories(letter.pk),
        *signatory_list.newest(letter.pk).names,
    ]
    named = Signature.objects.named().filter(letter=letter)
    assert sorted(one["id"] for one in listed) == sorted(named.values_list("pk", flat=True))
    assert len(listed) == 2
