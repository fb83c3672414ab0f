"""A page on which somebody pastes a letter's address shows its number, as oembed.com has it."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from xml.etree import ElementTree

import pytest
from django.conf import settings as site
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openletter.letters.models import Letter
from openletter.lib.http.answer_classes import PUBLIC
from tests.factories import make_letter, make_many, move_letter
from tests.queries import queries_of

pytestmark = pytest.mark.django_db
LETTER = f"{site.SITE_URL}/open-letter/"


class Elements(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def said(client: Client, url: str = LETTER, **more: str) -> dict[str, Any]:
    response = client.get("/oembed", {"url": url, **more}, follow=True)
    assert response.status_code == 200, response.content
    found: dict[str, Any] = response.json()
    return found


def test_it_has_all_that_the_specification_asks_of_rich_content(client: Client) -> None:
    make_letter(texts={"en": ("Listen!", "Dear world, listen.")})
    found = said(client)
    assert (found["version"], found["type"]) == ("1.0", "rich")
    assert (found["title"], found["width"], found["height"]) == ("Listen!", 480, 240)
    assert found["provider_url"] == f"{site.SITE_URL}/"
    ((tag, attributes),) = Elements(found["html"]).found
    assert tag == "iframe"
    assert attributes["src"] == f"{LETTER}embed/"
    assert attributes["title"] == "Listen!"
    assert "allow-same-origin" not in str(attributes["sandbox"])


def test_xml_says_the_same(client: Client, letter: Letter) -> None:
    response = client.get("/oembed", {"url": LETTER, "format": "xml"}, follow=True)
    assert response["Content-Type"].startswith("text/xml")
    root = ElementTree.fromstring(response.content)  # noqa: S314 - our own
    assert root.tag == "oembed"
    assert {one.tag: one.text for one in root} == {
        name: str(value) for name, value in said(client).items()
    }


@pytest.mark.parametrize("form", ["application/json+oembed", "text/xml+oembed"])
def test_the_page_of_a_letter_leads_to_it(client: Client, letter: Letter, form: str) -> None:
    """What WordPress and iframely do: read the head, ask there."""
    page = Elements(client.get("/open-letter/").content.decode())
    (address,) = [str(one["href"]) for tag, one in page.found if one.get("type") == form]
    asked = urlsplit(address)
    assert parse_qs(asked.query)["url"] == [LETTER]
    response = client.get(f"{asked.path}?{asked.query}")
    assert response.status_code == 200
    assert b"iframe" in response.content


@pytest.mark.parametrize(
    ("most", "width", "height"),
    [
        ({"maxwidth": "300", "maxheight": "150"}, 300, 150),
        ({"maxwidth": "5000"}, 480, 240),
        ({"maxwidth": "1", "maxheight": "1"}, 200, 120),
        ({"maxwidth": "-5", "maxheight": "a"}, 480, 240),
        ({"maxwidth": "٣٠٠", "maxheight": "9" * 400}, 480, 240),
    ],
)
def test_it_keeps_to_the_size_that_there_is(
    client: Client, letter: Letter, most: dict[str, str], width: int, height: int
) -> None:
    found = said(client, **most)
    assert (found["width"], found["height"]) == (width, height)


def test_each_language_has_its_own_frame(client: Client) -> None:
    make_letter(texts={"en": ("Listen!", "Dear world."), "de": ("Hört zu!", "Liebe Welt.")})
    found = said(client, f"{site.SITE_URL}/de/open-letter/")
    assert found["title"] == "Hört zu!"
    assert f"{site.SITE_URL}/de/open-letter/embed/" in found["html"]


def test_a_former_address_still_shows_the_letter(client: Client, letter: Letter) -> None:
    move_letter(letter, to="renamed")
    assert "/renamed/embed/" in said(client)["html"]


@pytest.mark.parametrize(
    "url",
    [
        *("", "x", "https://elsewhere.example/open-letter/", f"{site.SITE_URL}/nothing/"),
        *(f"{site.SITE_URL}/", f"{site.SITE_URL}/open-letter/signatures/", "javascript:alert(1)"),
        *(f"{site.SITE_URL}@elsewhere.example/open-letter/", "http://[::1/", "\x00", "é" * 3000),
        f"{site.SITE_URL}/admin/",
    ],
)
def test_what_is_no_letter_is_not_found(client: Client, letter: Letter, url: str) -> None:
    response = client.get("/oembed", {"url": url}, follow=True)
    assert (response.status_code, response["Cache-Control"]) == (404, "no-store")


def test_a_draft_is_not_found(client: Client, letter: Letter) -> None:
    Letter.objects.update(state="draft")
    assert client.get("/oembed", {"url": LETTER}).status_code == 404


def test_other_formats_are_not_implemented(client: Client, letter: Letter) -> None:
    assert client.get("/oembed", {"url": LETTER, "format": "yaml"}).status_code == 501


def test_any_site_and_any_cache_may_have_it(client: Client, letter: Letter) -> None:
    response = client.get("/oembed", {"url": LETTER})
    assert response["Cache-Control"] == PUBLIC
    assert response["Access-Control-Allow-Origin"] == "*"
    make_many(letter, 1)
    # The number is in the frame: what is kept here does not grow old.
    assert client.get("/oembed", {"url": LETTER})["ETag"] == response["ETag"]


def test_t37_other_parameters_lead_to_the_address_without_them(
    client: Client, letter: Letter
) -> None:
    asked = urlencode({"url": LETTER})
    response = client.get(f"/oembed?utm_source=x&{asked}")
    assert (response.status_code, response["Location"]) == (301, f"/oembed?{asked}")


def test_it_costs_two_statements_at_most(client: Client, letter: Letter) -> None:
    assert queries_of(client, f"/oembed?{urlencode({'url': LETTER})}") <= 2


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=st.text(alphabet=st.sampled_from("<>\"'&/=;: scriptonlad漢"), min_size=1, max_size=60))
def test_t18_a_title_is_an_attribute_and_nothing_else(client: Client, title: str) -> None:
    slug = f"letter-{Letter.objects.count()}"
    make_letter(slug=slug, texts={"en": (title.strip() or "Listen!", "Dear world, listen.")})
    found = said(client, f"{site.SITE_URL}/{slug}/")
    assert [tag for tag, _attributes in Elements(found["html"]).found] == ["iframe"]
