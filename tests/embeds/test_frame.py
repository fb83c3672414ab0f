"""The number of a letter in a frame on another site."""

from __future__ import annotations

from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openletter.letters.models import Letter
from openletter.lib.http.answer_classes import PUBLIC
from tests.factories import make_draft, make_letter, make_many, move_letter
from tests.queries import queries_of

pytestmark = pytest.mark.django_db
PATH = "/open-letter/embed/"


class Read(HTMLParser):
    """What a browser makes of a page: its elements and what they say."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def read(client: Client, path: str = PATH) -> Read:
    return Read(client.get(path).content.decode())


def test_it_shows_title_number_goal_and_the_way_to_sign(client: Client) -> None:
    make_many(make_letter(goal=2000), 3)
    page = read(client)
    assert [one["value"] for one in page.all("data")] == ["3"]
    assert [(one["max"], one["value"]) for one in page.all("progress")] == [("2000", "3")]
    links = [(one["href"], one["target"]) for one in page.all("a")]
    assert [target for _address, target in links] == ["_blank", "_blank"]
    assert str(links[1][0]).endswith("/open-letter/#sign")


def test_it_needs_no_script_and_follows_the_number_by_itself(
    client: Client, letter: Letter
) -> None:
    page = read(client)
    assert page.all("script") == []
    assert {"http-equiv": "refresh", "content": "60"} in page.all("meta")


def test_it_stands_still_when_the_letter_is_closed(client: Client) -> None:
    make_letter(closes_at=timezone.now() - timedelta(days=2), opens_at=None)
    page = read(client)
    assert all(one.get("http-equiv") != "refresh" for one in page.all("meta"))
    assert "Closed for signing" in page.words
    assert not [one for one in page.all("a") if str(one["href"]).endswith("#sign")]


@pytest.mark.parametrize(("size", "links"), [("card", 2), ("line", 2), ("number", 0)])
def test_it_comes_in_sizes(client: Client, letter: Letter, size: str, links: int) -> None:
    page = read(client, f"{PATH}?size={size}")
    assert [one["class"] for one in page.all("main")] == [f"embed__{size}"]
    assert len(page.all("a")) == links


@pytest.mark.parametrize("query", ["size=huge", "look=%00", "look=dark+light", "size=%F0%9F"])
def test_whatever_is_asked_for_shows_the_number(client: Client, letter: Letter, query: str) -> None:
    assert client.get(f"{PATH}?{query}", follow=True).content == client.get(PATH).content


@pytest.mark.parametrize("look", ["light", "dark"])
def test_it_is_light_or_dark_where_the_page_around_it_is(
    client: Client, letter: Letter, look: str
) -> None:
    page = read(client, f"{PATH}?look={look}")
    assert {"name": "color-scheme", "content": look} in page.all("meta")


def test_any_cache_may_keep_it_and_nobody_gets_a_cookie(client: Client, letter: Letter) -> None:
    response = client.get(PATH)
    assert response["Cache-Control"] == PUBLIC
    assert response["Access-Control-Allow-Origin"] == "*"
    assert not response.cookies
    again = client.get(PATH, headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_other_parameters_lead_to_the_address_without_them(client: Client, letter: Letter) -> None:
    response = client.get(f"{PATH}?utm_source=x&size=line")
    assert (response.status_code, response["Location"]) == (301, f"{PATH}?size=line")


def test_a_draft_has_none_and_a_former_address_leads_on(client: Client, letter: Letter) -> None:
    make_draft(letter)
    assert client.get("/nothing/embed/").status_code == 404
    move_letter(letter, to="renamed")
    response = client.get(PATH)
    assert (response.status_code, response["Location"]) == (301, "/renamed/embed/")


def test_it_speaks_german(client: Client, letter: Letter) -> None:
    assert "Unterschriften" in read(client, f"/de{PATH}").words


def test_it_costs_the_same_for_one_and_for_fifty(client: Client, letter: Letter) -> None:
    make_many(letter, 1)
    few = queries_of(client, PATH)
    make_many(letter, 49)
    assert queries_of(client, PATH) == few <= 3


MARKUP = st.text(alphabet=st.sampled_from("<>\"'&/= scriptonlad;"), min_size=1, max_size=60)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=MARKUP.filter(str.strip))
def test_t18_a_title_is_nothing_but_words(client: Client, letter: Letter, title: str) -> None:
    usual = [tag for tag, _attributes in read(client).found]
    slug = f"letter-{Letter.objects.count()}"
    make_letter(slug=slug, texts={"en": (title, "Dear world, listen.")})
    found = read(client, f"/{slug}/embed/")
    assert [tag for tag, _attributes in found.found] == usual
    assert title.strip() in found.words
