"""A letter's number as a picture, on pages that take nothing else."""

from __future__ import annotations

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openletter.embeds import badges
from openletter.letters.models import Letter
from openletter.lib.http.answer_classes import PUBLIC
from tests.factories import make_letter, make_many, move_letter
from tests.queries import queries_of

pytestmark = pytest.mark.django_db
PATH = "/open-letter/badge.svg"
SVG = "{http://www.w3.org/2000/svg}"
# What may be in a picture; nothing that runs or loads.
ELEMENTS = {
    f"{SVG}{name}"
    for name in ("svg", "title", "desc", "clipPath", "rect", "g", "text", "tspan", "style")
}
FREE = [HealthCheck.function_scoped_fixture]


def drawn(client: Client, **asked: str) -> ElementTree.Element:
    response = client.get(PATH, asked, follow=True)
    assert (response.status_code, response["Content-Type"]) == (200, "image/svg+xml")
    return ElementTree.fromstring(response.content)  # noqa: S314 - our own, and that is the test


def words(picture: ElementTree.Element) -> list[str]:
    return ["".join(one.itertext()) for one in picture.iter(f"{SVG}text")]


@pytest.mark.parametrize("style", badges.STYLES)
def test_it_shows_the_number_and_says_it(client: Client, style: str) -> None:
    make_many(make_letter(goal=2000, texts={"en": ("Listen!", "Dear world, listen.")}), 3)
    picture = drawn(client, style=style)
    assert "3" in " ".join(words(picture))
    assert picture.findtext(f"{SVG}title") == "3 signatures: Listen!"
    assert picture.attrib["role"] == "img"


def test_the_flat_one_is_as_it_was_drawn(client: Client, letter: Letter) -> None:
    make_many(letter, 12)
    flat = client.get(PATH).content.decode()
    assert flat.count("<text") == 2
    assert '<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="t" width="' in flat
    assert 'fill="#464b55"' in flat
    assert 'fill="#1d3f94"' in flat
    assert ">signatures</text>" in flat
    assert ">12</text>" in flat


def test_progress_is_drawn_as_far_as_the_goal(client: Client) -> None:
    make_many(make_letter(goal=10), 4)
    bars = [one.attrib.get("width") for one in drawn(client, style="progress").iter(f"{SVG}svg")]
    assert bars[-1] == "40%"


def test_it_has_a_label_and_colours_of_ones_own(client: Client, letter: Letter) -> None:
    picture = drawn(client, label="people  agree", color="fc0", label_color="000000")
    assert words(picture)[0] == "people agree"
    fills = [one.attrib.get("fill") for one in picture.iter(f"{SVG}rect")]
    assert {"#ffcc00", "#000000"} <= set(fills)
    texts = [one.attrib["fill"] for one in picture.iter(f"{SVG}text")]
    assert texts == ["#ffffff", "#17191e"]  # each can be read on its colour


@pytest.mark.parametrize("colour", ["", "red", "12345", "#fff", "fff;x", "url(http://x)", "é" * 3])
def test_a_colour_that_is_none_is_as_if_it_was_not_there(
    client: Client, letter: Letter, colour: str
) -> None:
    usual = client.get(PATH).content
    assert client.get(PATH, {"color": colour}, follow=True).content == usual


def test_it_speaks_the_language_that_is_asked_for_or_the_letters(client: Client) -> None:
    letter = make_letter(texts={"de": ("Hört zu!", "Liebe Welt, hör zu.")}, reference_language="de")
    make_many(letter, 1_200)
    assert words(drawn(client)) == ["Unterschriften", "1.200"]
    assert words(drawn(client, lang="en")) == ["signatures", "1,200"]
    assert words(drawn(client, lang="xx")) == ["Unterschriften", "1.200"]


def test_any_site_and_any_cache_may_have_it(client: Client, letter: Letter) -> None:
    response = client.get(PATH)
    assert response["Cache-Control"] == PUBLIC
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert not response.cookies
    again = client.get(PATH, headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.head(PATH)["ETag"] == response["ETag"]


def test_an_error_is_no_picture_and_kept_by_nobody(client: Client, letter: Letter) -> None:
    Letter.objects.update(state="draft")
    response = client.get(PATH)
    assert (response.status_code, response["Content-Type"]) == (404, "application/json")
    assert response["Cache-Control"] == "no-store"


def test_a_former_address_leads_on_and_a_closed_letter_keeps_its_number(client: Client) -> None:
    letter = make_letter(closes_at=timezone.now() - timedelta(days=9), opens_at=None)
    make_many(letter, 2)
    assert words(drawn(client))[-1] == "2"
    move_letter(letter, to="renamed")
    response = client.get(PATH)
    assert (response.status_code, response["Location"]) == (301, "/renamed/badge.svg")


def test_it_costs_the_same_for_one_and_for_fifty(client: Client, letter: Letter) -> None:
    make_many(letter, 1)
    few = queries_of(client, PATH)
    make_many(letter, 49)
    assert queries_of(client, PATH) == few <= 2


ODD = st.text(alphabet=st.sampled_from("<>\"'&/=;:# \x00\u202e\ud800\U0001f600aé漢"), max_size=80)


@pytest.mark.parametrize("style", badges.STYLES)
@settings(max_examples=25, suppress_health_check=FREE)
@given(label=ODD, title=ODD)
def test_t18_what_is_written_is_nothing_but_words(
    client: Client, letter: Letter, style: str, label: str, title: str
) -> None:
    slug = f"letter-{Letter.objects.count()}"
    named = title.encode(errors="ignore").decode().replace("\x00", "").strip() or "Listen!"
    make_letter(slug=slug, texts={"en": (named, "Dear world, listen.")})
    typed = {"style": style, "label": label.encode(errors="replace").decode()}
    response = client.get(f"/{slug}/badge.svg", typed, follow=True)
    picture = ElementTree.fromstring(response.content)  # noqa: S314 - our own
    assert {one.tag for one in picture.iter()} <= ELEMENTS
    assert not [name for one in picture.iter() for name in one.attrib if name[:2] == "on"]
