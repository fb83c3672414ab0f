"""Two organisers at one desk: what the first did is an answer to the second, never a failure."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from openletter.letters import publishing
from openletter.letters.models import Letter, TextVersion, Update
from tests.asking import form_of, seen
from tests.factories import log_in, make_draft, make_moderator, make_update

pytestmark = pytest.mark.django_db
TEXTS = {"update": "texts", "textversion": "translations"}


@pytest.fixture
def other(db: None) -> Client:
    return log_in(make_moderator("olive@example.org"))


def page_of(owner: Update | TextVersion) -> str:
    return f"/admin/letters/{owner._meta.model_name}/{owner.pk}/change/"


def with_german(opened: dict[str, Any], owner: Update | TextVersion, words: str) -> dict[str, Any]:
    """What the form about a text sends when German was added to the page as it was opened."""
    rows = TEXTS[str(owner._meta.model_name)]
    place = opened[f"{rows}-INITIAL_FORMS"]
    german = {"language": "de", "title": "Deutsch", "addressee": "", "markdown": words}
    total = {f"{rows}-TOTAL_FORMS": str(int(place) + 1)}
    return {**opened, **total, **{f"{rows}-{place}-{name}": said for name, said in german.items()}}


def make_owner(kind: str, letter: Letter) -> Update | TextVersion:
    if kind == "draft update":
        return make_update(letter, published=False)
    if kind == "draft version":
        return make_draft(letter, en="Other words.")
    return publishing.begin_version(
        letter_id=Letter.objects.create(slug="empty", sender_name="The Initiative").pk
    )


@pytest.mark.parametrize("kind", ["draft update", "draft version", "version without a text"])
def test_a_language_that_somebody_added_meanwhile_is_refused_and_what_was_typed_stays(
    desk: Client, other: Client, letter: Letter, kind: str
) -> None:
    owner = make_owner(kind, letter)
    page = page_of(owner)
    opened = form_of(desk.get(page))
    assert other.post(page, with_german(opened, owner, "Theirs.")).status_code == 302
    refused = desk.post(page, with_german(opened, owner, "Mine, and long."))
    assert refused.status_code == 200
    assert "Mine, and long." in refused.content.decode()
    assert refused.context["errors"]


@pytest.mark.parametrize("kind", ["update", "version"])
def test_something_published_gains_a_language_once(
    desk: Client, other: Client, letter: Letter, kind: str
) -> None:
    owner = make_update(letter) if kind == "update" else letter.versions.get()
    page = page_of(owner)
    opened = form_of(desk.get(page))
    asked = [
        (browser, sent, seen(browser.post(page, sent)))
        for browser, sent in (
            (desk, with_german(opened, owner, "Mine.")),
            (other, with_german(opened, owner, "Theirs.")),
        )
    ]
    answers = [browser.post(page, {**sent, "seen": shown}) for browser, sent, shown in asked]
    assert [answer.status_code for answer in answers] == [302, 200]
    assert "Theirs." in answers[1].content.decode()


def test_a_text_can_be_taken_away_and_written_anew_at_once(desk: Client, letter: Letter) -> None:
    update = make_update(
        letter, texts={"en": ("English", "x"), "de": ("Deutsch", "alt")}, published=False
    )
    page = page_of(update)
    opened = form_of(desk.get(page))
    (old,) = [n for n in range(2) if opened[f"texts-{n}-language"] == "de"]
    sent = {**with_german(opened, update, "neu"), f"texts-{old}-DELETE": "on"}
    assert desk.post(page, sent).status_code == 302
    assert update.texts.get(language="de").markdown == "neu"


def test_two_texts_cannot_change_their_languages_with_each_other(
    desk: Client, letter: Letter
) -> None:
    update = make_update(letter, texts={"en": ("A", "x"), "de": ("B", "y")}, published=False)
    opened = form_of(desk.get(page_of(update)))
    first, second = opened["texts-0-language"], opened["texts-1-language"]
    sent = {**opened, "texts-0-language": second, "texts-1-language": first}
    assert desk.post(page_of(update), sent).status_code == 200
