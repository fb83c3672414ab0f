"""A letter's number as a picture, on pages that take nothing else.

What is drawn stands in `badges/`. A picture that is not there is written, to be looked at.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openletter.embeds import badge_colours, badges, text_widths
from openletter.ledger.models import Tally
from openletter.letters.models import Letter
from openletter.lib.http.answer_classes import PUBLIC
from tests.factories import make_letter, make_many, move_letter
from tests.queries import queries_of

pytestmark = pytest.mark.django_db
PATH = "/open-letter/badge.svg"
SVG = "{http://www.w3.org/2000/svg}"
# What may be in a picture; nothing that runs or loads.
ELEMENTS = {f"{SVG}{name}" for name in ("svg", "title", "desc", "style", "path", "rect", "text")}
ATTRIBUTES = {
    *("width", "height", "role", "lang", "font-family", "font-size", "font-weight", "x", "y"),
    *("d", "transform", "fill", "class", "rx", "text-anchor", "textLength", "lengthAdjust"),
}
FREE = [HealthCheck.function_scoped_fixture]


def drawn(client: Client, **asked: str) -> ElementTree.Element:
    response = client.get(PATH, asked, follow=True)
    assert (response.status_code, response["Content-Type"]) == (200, "image/svg+xml")
    return ElementTree.fromstring(response.content)  # noqa: S314 - our own, and that is the test


def words(picture: ElementTree.Element) -> list[str]:
    return ["".join(one.itertext()) for one in picture.iter(f"{SVG}text")]


def attributes(picture: ElementTree.Element, name: str, attribute: str) -> list[str]:
    return [
        one.attrib[attribute] for one in picture.iter(f"{SVG}{name}") if attribute in one.attrib
    ]


GOLDEN = {
    "flat": {},
    "plain": {"style": "plain"},
    "large": {"style": "large", "look": "dark"},
    "large-of-ones-own": {"style": "large", "color": "fc0", "label_color": "00544b"},
    "progress": {"style": "progress"},
    "german": {"style": "progress", "lang": "de"},
    "arabic": {"label": "مؤيدون للرسالة", "look": "light"},
    "japanese": {"style": "large", "label": "賛同者"},
}


@pytest.mark.parametrize("name", GOLDEN)
def test_it_is_as_it_was_drawn(client: Client, name: str) -> None:
    texts = {"en": ("Listen & act!", "Dear world."), "de": ("Hört zu!", "Liebe Welt.")}
    letter = make_letter(goal=2_000, texts=texts)
    Tally.objects.create(letter=letter, people=1_200, organisations=34, next_index=1_234)
    response = client.get(PATH, GOLDEN[name], follow=True)
    file = Path(__file__).parent / "badges" / f"{name}.svg"
    if not file.exists():
        file.write_bytes(response.content)
        pytest.fail(f"{file} was written; look at it")
    assert response.content.decode() == file.read_text()


@pytest.mark.parametrize("style", badges.STYLES)
def test_it_shows_the_number_and_says_it(client: Client, style: str) -> None:
    make_many(make_letter(goal=2000, texts={"en": ("Listen!", "Dear world, listen.")}), 3)
    picture = drawn(client, style=style)
    assert "3" in words(picture)
    assert picture.findtext(f"{SVG}title") == "signatures: 3"
    assert picture.findtext(f"{SVG}desc") == "3 signatures under “Listen!”"
    assert (picture.attrib["role"], picture.attrib["lang"]) == ("img", "en")


@pytest.mark.parametrize(
    ("signed", "goal", "reached", "says"),
    [
        (4, 10, 104, "Goal: 10"), (0, 10, 0, "Goal: 10"), (11, 10, 260, "Goal of 10 reached"),
        (5, None, 52, "Next goal: 25"),
    ],
)  # fmt: skip
def test_progress_is_drawn_as_far_as_the_goal_or_the_next_round_number(
    client: Client, signed: int, goal: int | None, reached: int, says: str
) -> None:
    make_many(make_letter(goal=goal), signed)
    picture = drawn(client, style="progress")
    assert attributes(picture, "rect", "width") == ["260", str(reached)]
    assert words(picture)[-1] == says


def test_progress_is_full_only_when_the_goal_is_reached(client: Client) -> None:
    letter = make_letter(goal=1_000_000)
    Tally.objects.create(letter=letter, people=999_999, next_index=999_999)
    track, bar = attributes(drawn(client, style="progress"), "rect", "width")
    assert int(bar) == int(track) - 1


def test_it_has_a_label_and_colours_of_ones_own(client: Client, letter: Letter) -> None:
    picture = drawn(client, label="people  agree", color="fc0", label_color="000000")
    assert words(picture)[0] == "people agree"
    assert attributes(picture, "path", "fill") == ["#000000", "#ffcc00"]
    assert attributes(picture, "text", "fill") == ["#ffffff", "#000000"]  # one can read them
    assert attributes(picture, "path", "class") == []  # and they stay so in the dark


@pytest.mark.parametrize("label", ["", "   ", "\u200b", "\u0301", "\x00\x0b", "\ufeff"])
def test_a_label_of_nothing_is_the_usual_one(client: Client, letter: Letter, label: str) -> None:
    assert words(drawn(client, label=label))[0] == "signatures"


def test_t18_a_label_turns_no_number_round(client: Client, letter: Letter) -> None:
    assert words(drawn(client, label="a\u202eb\u2066c\ufffe\x0bd"))[0] == "abc d"


def test_a_label_has_an_end(client: Client, letter: Letter) -> None:
    assert words(drawn(client, label="W" * 5_000))[0] == "W" * badges.LONGEST_LABEL


@pytest.mark.parametrize("style", badges.STYLES)
@pytest.mark.parametrize("label", ["x", "W" * 60, "漢" * 60, "signatures"])
def test_there_is_room_for_every_word(client: Client, style: str, label: str) -> None:
    make_letter(goal=1_000_000)
    picture = drawn(client, style=style, label=label)
    width = int(picture.attrib["width"])
    for text in picture.iter(f"{SVG}text"):
        x, length = int(text.attrib["x"]), int(text.attrib["textLength"])
        left = x - length / 2 if text.get("text-anchor") == "middle" else x
        assert left >= 0
        assert left + length <= width


def test_words_are_as_wide_as_they_are_drawn() -> None:
    assert text_widths.width_of("1,234", size=100) == 288
    assert text_widths.width_of("Zustimmung", size=100) == 633
    assert text_widths.width_of("é", size=100) == text_widths.width_of("e", size=100)
    assert text_widths.width_of("漢字", size=11) == 22
    assert text_widths.width_of("\u200d\u0301", size=11) == 0
    assert text_widths.width_of("12", size=100, bold=True) > text_widths.width_of("12", size=100)


def test_it_is_dark_where_the_page_around_it_is(client: Client, letter: Letter) -> None:
    auto, light, dark = (drawn(client, look=look) for look in ("auto", "light", "dark"))
    assert "prefers-color-scheme:dark" in (auto.findtext(f"{SVG}style") or "")
    assert light.find(f"{SVG}style") is None
    assert attributes(auto, "path", "fill") == attributes(light, "path", "fill")
    assert attributes(dark, "path", "fill") == ["#343842", "#a4bcff"]


def test_the_policy_of_the_answer_names_the_style_sheet_within(
    client: Client, letter: Letter
) -> None:
    response = client.get(PATH)
    style = ElementTree.fromstring(response.content).findtext(f"{SVG}style")  # noqa: S314 - ours
    digest = base64.b64encode(hashlib.sha256(str(style).encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in response["Content-Security-Policy"]


@given(six=st.text(alphabet="0123456789abcdef", min_size=6, max_size=6))
def test_words_on_any_colour_can_be_read(six: str) -> None:
    assert badge_colours.contrast(badge_colours.readable_on(six), six) >= 4.5


@pytest.mark.parametrize("name", badge_colours.PAIRS)
def test_words_on_our_colours_can_be_read(name: str) -> None:
    for ground, text in zip(*badge_colours.PAIRS[name], strict=True):
        assert badge_colours.contrast(ground[1:], text[1:]) >= 4.5


@pytest.mark.parametrize("query", ["style=huge", "look=%00", "lang=%F0%9F", "v=3", "style=flat%20"])
def test_whatever_is_asked_for_shows_the_number(client: Client, letter: Letter, query: str) -> None:
    response = client.get(f"{PATH}?{query}", follow=True)
    assert response.content == client.get(PATH).content


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


def test_a_former_address_leads_on_with_what_was_asked_for(client: Client, letter: Letter) -> None:
    move_letter(letter, to="renamed")
    response = client.get(f"{PATH}?style=large&label=a+%26+b")
    assert response.status_code == 301
    assert response["Location"] == "/renamed/badge.svg?style=large&label=a+%26+b"
    assert client.post(PATH).status_code == 405


def test_a_closed_letter_keeps_its_number_and_says_that_it_is_closed(client: Client) -> None:
    letter = make_letter(closes_at=timezone.now() - timedelta(days=9), opens_at=None)
    make_many(letter, 2)
    picture = drawn(client)
    assert words(picture)[-1] == "2"
    assert str(picture.findtext(f"{SVG}desc")).endswith("Closed for signing")


def test_it_costs_the_same_for_one_and_for_fifty(client: Client, letter: Letter) -> None:
    make_many(letter, 1)
    few = queries_of(client, PATH)
    make_many(letter, 49)
    assert queries_of(client, PATH) == few <= 2


ODD = st.text(
    alphabet=st.sampled_from("<>\"'&/=;:#]![-{} \x00\x0b\x1b\ufffe\u202e\ud800\U0001f600aé漢"),
    max_size=80,
)


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
    assert {name for one in picture.iter() for name in one.attrib} <= ATTRIBUTES
    assert len(words(picture)) == (3 if style == "progress" else 2)
