"""An organiser at the desk: write a letter, see it, publish it, open and close it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from openletter.letters.models import FormerSlug, Letter, TextVersion, Translation
from openletter.moderation.models import AuditEntry
from tests.asking import change, opened_on, say_yes, seen
from tests.factories import (
    log_in,
    make_draft,
    make_letter,
    make_moderator,
    make_published,
    make_update,
    make_version,
    text_of,
)
from tests.letters.steps import LETTERS, VERSIONS, begin, settings_of

pytestmark = pytest.mark.django_db


def texts(*rows: dict[str, str], kept: int = 0, **typed: str) -> dict[str, str]:
    """What the form about a version sends."""
    sent = {
        "reason": "",
        "translations-TOTAL_FORMS": str(len(rows)),
        "translations-INITIAL_FORMS": str(kept),
        "translations-MIN_NUM_FORMS": "1",
        "translations-MAX_NUM_FORMS": "1000",
        **typed,
    }
    for number, row in enumerate(rows):
        for field, value in {"addressee": "", **row}.items():
            sent[f"translations-{number}-{field}"] = value
    return sent


def english(markdown: str = "Dear *world*.", **typed: str) -> dict[str, str]:
    return {"language": "en", "title": "Hear us", "markdown": markdown, **typed}


def existing(text: Translation, **typed: str) -> dict[str, str]:
    return {**english(), "id": str(text.pk), "version": str(text.version_id), **typed}


def messages_of(response: Any) -> list[str]:
    return [message.level_tag for message in get_messages(response.wsgi_request)]


def draft_of(letter: Letter) -> TextVersion:
    return letter.versions.get(published_at=None)


def test_a_letter_is_written_published_opened_and_closed(desk: Client, client: Client) -> None:
    begun = desk.post(f"{LETTERS}add/", settings_of(_act="begin"))
    letter = Letter.objects.get(slug="open-ai")
    version = draft_of(letter)
    assert begun["Location"] == f"{VERSIONS}{version.pk}/change/"
    change(desk, f"{VERSIONS}{version.pk}/change/", texts(english()))
    assert client.get("/open-ai/").status_code == 404
    say_yes(desk, f"{VERSIONS}{version.pk}/publish/")
    say_yes(desk, f"{LETTERS}{letter.pk}/open/act/", {"reason": "launch"})
    assert "<p>Dear <em>world</em>.</p>" in client.get("/open-ai/").content.decode()
    assert client.get("/open-ai/sign/").status_code == 200
    say_yes(desk, f"{LETTERS}{letter.pk}/closed/act/", {"reason": ""})
    assert client.get("/open-ai/sign/").status_code == 410


def test_every_page_on_that_way_can_be_shown(desk: Client, letter: Letter) -> None:
    version = make_draft(letter, en="Other words.")
    for path in (
        LETTERS,
        f"{LETTERS}add/",
        f"{LETTERS}{letter.pk}/change/",
        f"{LETTERS}{letter.pk}/closed/act/",
        VERSIONS,
        f"{VERSIONS}{version.pk}/change/",
        f"{VERSIONS}{version.pk}/publish/",
        f"{VERSIONS}{letter.versions.get(number=1).pk}/change/",
    ):
        assert desk.get(path).status_code == 200, path


def test_a_new_letter_is_a_draft_whatever_is_sent(desk: Client) -> None:
    desk.post(f"{LETTERS}add/", settings_of(state="open"))
    assert Letter.objects.get().state == "draft"


@pytest.mark.parametrize(
    "wrong",
    [
        {"slug": "admin"},
        {"slug": "Big Letters"},
        {"sender_name": ""},
        {"goal": "0"},
        {"goal": "-5"},
        {"reference_language": "xx"},
        {"opens_at_0": "2026-12-02", "opens_at_1": "0:00", "closes_at_0": "2026-12-01"}
        | {"closes_at_1": "0:00"},
    ],
    ids=str,
)
def test_a_letter_that_cannot_be_is_refused_with_its_field(
    desk: Client, wrong: dict[str, str]
) -> None:
    response = desk.post(f"{LETTERS}add/", settings_of(**wrong))
    assert response.status_code == 200
    assert response.context["errors"]
    assert not Letter.objects.exists()


def test_a_new_address_keeps_the_old_one_working(
    desk: Client, client: Client, letter: Letter
) -> None:
    change(desk, f"{LETTERS}{letter.pk}/change/", settings_of("renamed"))
    assert client.get("/open-letter/")["Location"] == "/renamed/"
    change(desk, f"{LETTERS}{letter.pk}/change/", settings_of("renamed", goal="10"))
    assert list(FormerSlug.objects.values_list("slug", flat=True)) == ["open-letter"]


def test_a_version_is_begun_from_the_newest_text(desk: Client, letter: Letter) -> None:
    begin(desk, letter)
    assert draft_of(letter).translations.get().markdown == text_of(letter).markdown


def test_a_second_draft_is_refused_with_a_message(desk: Client, letter: Letter) -> None:
    make_draft(letter)
    assert messages_of(begin(desk, letter)) == ["error"]
    assert letter.versions.count() == 2


def test_a_draft_is_edited_and_translated(desk: Client, letter: Letter) -> None:
    version = make_draft(letter)
    text = version.translations.get()
    german = {"language": "de", "title": "Hört", "markdown": "Hört uns."}
    sent = texts(existing(text, markdown="Changed."), german, kept=1, reason="clearer")
    assert change(desk, f"{VERSIONS}{version.pk}/change/", sent).status_code == 302
    version.refresh_from_db()
    shown = dict(version.translations.values_list("language", "html"))
    assert shown == {"en": "<p>Changed.</p>\n", "de": "<p>Hört uns.</p>\n"}
    assert version.reason == "clearer"


def test_a_draft_without_a_text_is_refused(desk: Client, letter: Letter) -> None:
    version = make_draft(letter)
    sent = texts({"language": "en", "title": "", "markdown": ""}, kept=0)
    response = change(desk, f"{VERSIONS}{version.pk}/change/", sent)
    assert (response.status_code, bool(response.context["errors"])) == (200, True)


def test_one_language_twice_is_refused(desk: Client) -> None:
    letter = Letter.objects.create(slug="new", sender_name="The Initiative")
    begin(desk, letter)
    version = draft_of(letter)
    response = change(desk, f"{VERSIONS}{version.pk}/change/", texts(english(), english()))
    assert (response.status_code, version.translations.count()) == (200, 0)


def preview(desk: Client, version: TextVersion, *rows: dict[str, str]) -> Any:
    return desk.post(f"{VERSIONS}{version.pk}/preview/", texts(*rows))


def test_a_preview_shows_what_was_typed_and_saves_nothing(desk: Client, letter: Letter) -> None:
    version = make_draft(letter)
    page = preview(desk, version, english("# Typed\n\n*not* saved")).content.decode()
    assert "<h2>Typed</h2>\n<p><em>not</em> saved</p>" in page
    assert version.translations.get().markdown == "Dear world,\n\nlisten."


def test_t18_a_preview_runs_nothing_that_was_typed(desk: Client, letter: Letter) -> None:
    script = "<script>alert(1)</script>"
    row = {"language": f'"{script}', "title": script, "addressee": script, "markdown": script}
    response = preview(desk, make_draft(letter), row)
    assert script not in response.content.decode()
    assert "no-store" in response["Cache-Control"]


def test_publishing_asks_first(desk: Client, letter: Letter) -> None:
    version = make_draft(letter, en="Other words.")
    assert desk.get(f"{VERSIONS}{version.pk}/publish/").status_code == 200
    assert draft_of(letter) == version


def test_i11_publishing_is_recorded_with_who_and_why(desk: Client, letter: Letter) -> None:
    version = make_draft(letter, reason="a wrong figure", en="Other words.")
    response = say_yes(desk, f"{VERSIONS}{version.pk}/publish/")
    assert messages_of(response) == ["success"]
    assert not letter.versions.filter(published_at=None).exists()
    entry = AuditEntry.objects.filter(action="publish version").latest("pk")
    assert (entry.reason, entry.actor is not None) == ("a wrong figure", True)


def test_publishing_without_a_reason_says_why_not(desk: Client, letter: Letter) -> None:
    version = make_draft(letter, reason="", en="Other words.")
    assert messages_of(desk.post(f"{VERSIONS}{version.pk}/publish/")) == ["error"]
    assert draft_of(letter) == version


def test_publishing_twice_says_why_not(desk: Client, letter: Letter) -> None:
    version = letter.versions.get()
    assert messages_of(desk.post(f"{VERSIONS}{version.pk}/publish/")) == ["error"]


def test_t16_a_published_text_can_only_be_read(desk: Client, letter: Letter) -> None:
    text = text_of(letter)
    path = f"{VERSIONS}{text.version_id}/change/"
    page = desk.get(path).content.decode()
    assert "Dear world" in page
    assert 'name="translations-0-markdown"' not in page
    assert 'name="reason"' not in page
    forged = existing(text, markdown="I never said that.", DELETE="on")
    desk.post(path, texts(forged, kept=1, reason="forged", number="7"))
    text.refresh_from_db()
    text.version.refresh_from_db()
    assert text.markdown == "Dear world,\n\nlisten."
    assert (text.version.reason, text.version.number) == ("", 1)


def test_t16_a_published_version_cannot_be_deleted(desk: Client, letter: Letter) -> None:
    version = letter.versions.get()
    response = desk.post(f"{VERSIONS}{version.pk}/delete/", {"post": "yes"})
    assert response.status_code == 403
    action = {"action": "delete_selected", "_selected_action": str(version.pk), "post": "yes"}
    desk.post(VERSIONS, action)
    assert letter.versions.count() == 1


def test_a_draft_can_be_thrown_away_with_its_texts(desk: Client, letter: Letter) -> None:
    version = make_draft(letter)
    desk.post(f"{VERSIONS}{version.pk}/delete/", {"post": "yes"})
    assert list(letter.versions.values_list("number", flat=True)) == [1]


def test_a_language_is_added_to_a_published_version(
    desk: Client, client: Client, letter: Letter
) -> None:
    text = text_of(letter)
    german = {"language": "de", "title": "Hört", "markdown": "Hört uns."}
    page = f"{VERSIONS}{text.version_id}/change/"
    sent = {**opened_on(desk.get(page)), **texts(existing(text), german, kept=1)}
    asked = desk.post(page, sent)
    assert "Hört uns." in asked.content.decode()
    assert "Hört uns." not in client.get("/de/open-letter/").content.decode()
    desk.post(page, {**sent, "seen": seen(asked)})
    assert "Hört uns." in client.get("/de/open-letter/").content.decode()


def test_a_letter_is_archived_and_never_deleted(desk: Client, letter: Letter) -> None:
    make_published(letter)
    assert desk.post(f"{LETTERS}{letter.pk}/delete/", {"post": "yes"}).status_code == 403
    desk.post(LETTERS, {"action": "delete_selected", "_selected_action": str(letter.pk)})
    say_yes(desk, f"{LETTERS}{letter.pk}/archived/act/", {"reason": "delivered"})
    letter.refresh_from_db()
    assert letter.state == "archived"


def test_i11_opening_and_closing_are_recorded_with_who_and_why(letter: Letter) -> None:
    organiser = make_moderator("olive@example.org")
    say_yes(log_in(organiser), f"{LETTERS}{letter.pk}/closed/act/", {"reason": "time is up"})
    entry = AuditEntry.objects.get(actor=organiser)
    assert (entry.action, entry.reason) == ("closed letter", "time is up")
    assert (entry.before, entry.after) == ({"state": "open"}, {"state": "closed"})


def test_asking_for_the_reason_changes_nothing(desk: Client, letter: Letter) -> None:
    assert desk.get(f"{LETTERS}{letter.pk}/closed/act/").status_code == 200
    letter.refresh_from_db()
    assert letter.state == "open"


def test_a_letter_without_a_text_says_why_it_does_not_open(desk: Client) -> None:
    letter = Letter.objects.create(slug="new", sender_name="The Initiative")
    response = desk.get(f"{LETTERS}{letter.pk}/open/act/")
    assert messages_of(response) == ["error"]
    letter.refresh_from_db()
    assert letter.state == "draft"


@pytest.mark.parametrize("to", ["draft", "nonsense", "OPEN"])
def test_a_state_that_is_none_is_not_found(desk: Client, letter: Letter, to: str) -> None:
    for response in (
        desk.get(f"{LETTERS}{letter.pk}/{to}/act/"),
        desk.post(f"{LETTERS}{letter.pk}/{to}/act/", {"reason": "x"}),
    ):
        assert response.status_code == 404


ACTS = ["{letter}change/", "{letter}open/act/", "{version}publish/", "{version}preview/"]


@pytest.mark.parametrize("act", ACTS)
def test_t34_who_may_not_change_letters_can_do_none_of_it(letter: Letter, act: str) -> None:
    version = make_draft(letter)
    path = act.format(letter=f"{LETTERS}{letter.pk}/", version=f"{VERSIONS}{version.pk}/")
    reader = log_in(make_moderator(is_superuser=False))
    assert reader.post(path, {**texts(english()), "_act": "begin"}).status_code == 403
    assert Client().post(path)["Location"].startswith("/admin/login/")
    assert draft_of(letter) == version


def test_a_preview_takes_only_post(desk: Client, letter: Letter) -> None:
    version = make_draft(letter)
    assert desk.get(f"{VERSIONS}{version.pk}/preview/").status_code == 405


@pytest.mark.parametrize("path", [f"{LETTERS}0/open/act/", f"{VERSIONS}0/publish/"])
def test_what_does_not_exist_is_not_found(desk: Client, path: str) -> None:
    assert desk.post(path).status_code == 404


def way_to_the_site(page: Any) -> str:
    found = re.search(r'<a href="([^"]+)" class="viewsitelink"', page.content.decode())
    return found[1] if found else ""


@pytest.mark.parametrize(
    ("languages", "reference", "desk_in", "path"),
    [
        (["de"], "de", "en", "/de/open-letter/"),
        (["de"], "de", "de", "/de/open-letter/"),
        (["en"], "en", "de", "/open-letter/"),
        (["en", "de"], "en", "de", "/de/open-letter/"),
        (["en", "de"], "de", "en", "/open-letter/"),
    ],
)
def test_view_on_site_leads_to_a_language_that_the_letter_has(
    desk: Client, languages: list[str], reference: str, desk_in: str, path: str
) -> None:
    texts = dict.fromkeys(languages, ("Title", "Text."))
    letter = make_letter(texts=texts, reference_language=reference)
    update = make_update(letter, texts=texts)
    asked_in = {"Accept-Language": desk_in}
    page = desk.get(f"{LETTERS}{letter.pk}/change/", headers=asked_in)
    assert way_to_the_site(page) == path
    page = desk.get(f"/admin/letters/update/{update.pk}/change/", headers=asked_in)
    assert way_to_the_site(page) == f"{path}updates/1/"
    for one in (path, f"{path}updates/1/"):
        assert desk.get(one).status_code == 200


def test_what_nobody_may_read_has_no_way_to_the_site(desk: Client) -> None:
    letter = make_letter(state=Letter.State.DRAFT)
    update = make_update(letter, published=False)
    assert way_to_the_site(desk.get(f"{LETTERS}{letter.pk}/change/")) == ""
    assert way_to_the_site(desk.get(f"/admin/letters/update/{update.pk}/change/")) == ""


def test_the_letters_page_shows_its_versions_and_what_can_be_done(
    desk: Client, letter: Letter
) -> None:
    version = make_version(letter, reason="a wrong figure")
    page = desk.get(f"{LETTERS}{letter.pk}/change/").content.decode()
    assert f"{VERSIONS}{version.pk}/change/" in page
    assert "a wrong figure" in page
    assert 'name="_act" value="closed"' in page
    assert 'name="_act" value="open"' not in page  # it is open already
