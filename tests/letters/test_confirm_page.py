"""What a person saw is what is published: acts save first, then show what they are about."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from openletter.letters import publishing
from openletter.letters.models import Letter, TextVersion, Update
from openletter.moderation.models import AuditEntry
from tests.asking import form_of, say_yes, seen
from tests.factories import make_draft, make_letter, make_update

pytestmark = pytest.mark.django_db
LETTERS = "/admin/letters/letter/"
VERSIONS = "/admin/letters/textversion/"
UPDATES = "/admin/letters/update/"


@pytest.fixture
def draft(letter: Letter) -> TextVersion:
    return make_draft(letter, en="Other words.")


def messages_of(response: Any) -> list[str]:
    return [message.level_tag for message in get_messages(response.wsgi_request)]


def press(desk: Client, page: str, act: str, **typed: str) -> Any:
    """Press the button of an act on a page, with something typed and not yet saved."""
    opened = form_of(desk.get(page))
    changed = {name.replace("__", "-"): value for name, value in typed.items()}
    assert set(changed) <= set(opened), sorted(opened)
    return desk.post(page, {**opened, **changed, "_act": act})


def is_published(version: TextVersion) -> bool:
    version.refresh_from_db()
    return version.published_at is not None


# --- Versions -----------------------------------------------------------------------------------


def test_what_was_typed_is_what_is_asked_about_and_published(
    desk: Client, client: Client, draft: TextVersion
) -> None:
    page = f"{VERSIONS}{draft.pk}/change/"
    pressed = press(desk, page, "publish", translations__0__markdown="Typed *just now*.")
    assert pressed["Location"] == f"{VERSIONS}{draft.pk}/publish/"
    asked = desk.get(pressed["Location"])
    assert "<p>Typed <em>just now</em>.</p>" in asked.content.decode()
    assert not is_published(draft)
    desk.post(pressed["Location"], {"seen": seen(asked)})
    assert "Typed <em>just now</em>." in client.get("/open-letter/").content.decode()


def test_what_cannot_be_saved_is_not_asked_about(desk: Client, draft: TextVersion) -> None:
    page = f"{VERSIONS}{draft.pk}/change/"
    pressed = press(desk, page, "publish", translations__0__title="", reason="typed")
    assert (pressed.status_code, bool(pressed.context["errors"])) == (200, True)
    assert 'value="typed"' in pressed.content.decode()
    assert not is_published(draft)


def test_what_was_not_seen_is_not_published(desk: Client, draft: TextVersion) -> None:
    path = f"{VERSIONS}{draft.pk}/publish/"
    asked = desk.get(path)
    text = draft.translations.get()
    text.markdown = "Somebody else's words."
    text.save()
    for typed in ({"seen": seen(asked)}, {"seen": "nonsense"}, {}):
        again = desk.post(path, typed)
        assert (again.status_code, messages_of(again)) == (200, ["error"])
        assert "Somebody else&#x27;s words." in again.content.decode()
        assert not is_published(draft)
    assert messages_of(desk.post(path, {"seen": seen(again)})) == ["success"]
    assert is_published(draft)


@pytest.mark.parametrize(
    "change",
    [
        {"reason": "another reason"},
        {"language": "a new one"},
    ],
    ids=str,
)
def test_reason_and_languages_belong_to_what_was_seen(
    desk: Client, draft: TextVersion, change: dict[str, str]
) -> None:
    path = f"{VERSIONS}{draft.pk}/publish/"
    asked = desk.get(path)
    if "reason" in change:
        TextVersion.objects.filter(pk=draft.pk).update(**change)
    else:
        publishing.write_text(version=draft, language="de", title="x", addressee="", markdown="y")
    desk.post(path, {"seen": seen(asked)})
    assert not is_published(draft)


def test_the_question_shows_every_language_and_what_changes(desk: Client) -> None:
    letter = make_letter(
        texts={"en": ("A letter", "Dear world,\n\nlisten."), "de": ("Hört", "Liebe Welt.")}
    )
    version = make_draft(letter, en="Dear world,\n\nplease listen now.")
    page = desk.get(f"{VERSIONS}{version.pk}/publish/").content.decode()
    assert "<p>please listen now.</p>" in page
    assert page.count("<ins>") == 2  # one of them in the legend
    assert "is the same in both versions" in page  # in German
    assert 'lang="de"' in page


def test_a_language_that_is_new_is_said_to_be_so(desk: Client, letter: Letter) -> None:
    version = make_draft(letter)
    publishing.write_text(version=version, language="de", title="Neu", addressee="", markdown="y")
    page = desk.get(f"{VERSIONS}{version.pk}/publish/").content.decode()
    assert "has no text in this language" in page


@pytest.mark.parametrize(
    "markdown", [None, "Dear world,\n\nlisten.  \n\n", "Dear\tworld,\n\n\n\nlisten."]
)
def test_a_version_with_the_same_words_is_refused(
    desk: Client, letter: Letter, markdown: str | None
) -> None:
    version = make_draft(letter, **({"en": markdown} if markdown else {}))
    response = desk.get(f"{VERSIONS}{version.pk}/publish/")
    assert (response.status_code, messages_of(response)) == (302, ["error"])
    with pytest.raises(
        publishing.NotPossible, match="the same words and the same sender as version 1"
    ):
        publishing.check_publishable(version)


@pytest.mark.parametrize("field", ["title", "addressee"])
def test_another_title_or_addressee_is_another_wording(letter: Letter, field: str) -> None:
    version = make_draft(letter)
    version.translations.update(**{field: "Another"})
    publishing.check_publishable(version)


def test_one_language_less_or_more_is_another_version() -> None:
    letter = make_letter(texts={"en": ("A", "One."), "de": ("B", "Eins.")})
    version = make_draft(letter)
    version.translations.filter(language="de").delete()
    publishing.check_publishable(version)


def test_a_language_added_to_what_is_published_is_shown_before_it_is_public(
    desk: Client, client: Client, letter: Letter
) -> None:
    page = f"{VERSIONS}{letter.versions.get().pk}/change/"
    row = {"language": "de", "title": "Hört", "markdown": "Hört <b>uns</b>.\r\nBitte.", "id": ""}
    sent = form_of(desk.get(page)) | {f"translations-1-{name}": text for name, text in row.items()}
    sent["translations-TOTAL_FORMS"] = "2"
    asked = desk.post(page, sent)
    assert "How readers will see it" in asked.content.decode()
    assert letter.versions.get().translations.count() == 1
    other = {**sent, "translations-1-markdown": "Something else."}
    assert desk.post(page, {**other, "seen": seen(asked)}).status_code == 200
    assert letter.versions.get().translations.count() == 1
    from tests.asking import fields_in

    text = asked.content.decode()
    carried = fields_in(text[text.index('<div id="content"') :])
    assert desk.post(page, carried).status_code == 302
    assert "Hört &lt;b&gt;uns&lt;/b&gt;." in client.get("/de/open-letter/").content.decode()


# --- Updates ------------------------------------------------------------------------------------


def test_an_update_is_published_as_it_was_typed(desk: Client, letter: Letter) -> None:
    update = make_update(letter, published=False)
    page = f"{UPDATES}{update.pk}/change/"
    pressed = press(desk, page, "publish", texts__0__markdown="Typed *just now*.")
    asked = desk.get(pressed["Location"])
    assert "Typed <em>just now</em>." in asked.content.decode()
    desk.post(pressed["Location"], {"seen": seen(asked)})
    assert update.texts.get().html == "<p>Typed <em>just now</em>.</p>\n"
    assert Update.objects.get().published_at is not None


def test_an_update_that_was_not_seen_is_not_published(desk: Client, letter: Letter) -> None:
    update = make_update(letter, published=False)
    path = f"{UPDATES}{update.pk}/publish/"
    asked = desk.get(path)
    update.texts.update(markdown="Other words.")
    for typed in ({"seen": seen(asked)}, {}):
        again = desk.post(path, typed)
        assert (again.status_code, messages_of(again)) == (200, ["error"])
    assert Update.objects.get().published_at is None


def test_a_new_update_can_be_published_from_the_page_it_is_begun_on(
    desk: Client, letter: Letter
) -> None:
    page = f"{UPDATES}add/?letter={letter.pk}"
    typed = {"texts-0-title": "Heard", "texts-0-markdown": "They *have*.", "_act": "publish"}
    pressed = desk.post(page, form_of(desk.get(page)) | typed)
    update = Update.objects.get()
    assert pressed["Location"] == f"{UPDATES}{update.pk}/publish/"
    assert messages_of(say_yes(desk, pressed["Location"])) == ["success"]


def test_a_test_mail_is_of_what_was_typed(desk: Client, letter: Letter) -> None:
    update = make_update(letter, published=False)
    page = f"{UPDATES}{update.pk}/change/"
    pressed = press(desk, page, "test", texts__0__title="Typed just now")
    assert (pressed.status_code, pressed["Location"]) == (
        307, f"/admin/mailings/mailing/try/{update.pk}/",
    )  # fmt: skip
    assert update.texts.get().title == "Typed just now"


# --- Letters ------------------------------------------------------------------------------------


@pytest.mark.parametrize("to", ["closed", "archived"])
def test_an_act_on_a_letter_saves_what_was_typed_first(
    desk: Client, letter: Letter, to: str
) -> None:
    pressed = press(desk, f"{LETTERS}{letter.pk}/change/", to, goal="500")
    letter.refresh_from_db()
    assert (letter.goal, letter.state) == (500, "open")
    assert pressed["Location"] == f"{LETTERS}{letter.pk}/{to}/act/"
    response = say_yes(desk, pressed["Location"], {"reason": "time is up"})
    letter.refresh_from_db()
    assert (letter.state, messages_of(response)[-1]) == (to, "success")


def test_an_act_with_something_wrong_on_the_page_does_nothing(desk: Client, letter: Letter) -> None:
    pressed = press(desk, f"{LETTERS}{letter.pk}/change/", "closed", goal="-1")
    assert pressed.status_code == 200
    begun = press(desk, f"{LETTERS}{letter.pk}/change/", "begin", goal="-1")
    assert (begun.status_code, letter.versions.count()) == (200, 1)


def test_opening_shows_the_words_that_will_be_public(desk: Client) -> None:
    letter = make_letter(state=Letter.State.DRAFT, texts={"en": ("Hear us", "Dear *world*.")})
    page = desk.get(f"{LETTERS}{letter.pk}/open/act/").content.decode()
    assert ("<p>Dear <em>world</em>.</p>" in page, "Hear us" in page) == (True, True)


def test_a_letter_that_is_not_what_was_seen_is_not_opened(desk: Client) -> None:
    letter = make_letter(state=Letter.State.DRAFT)
    path = f"{LETTERS}{letter.pk}/open/act/"
    asked = desk.get(path)
    version = make_draft(letter, en="Other words.")
    say_yes(desk, f"{VERSIONS}{version.pk}/publish/")
    for typed in ({"seen": seen(asked)}, {}):
        again = desk.post(path, {"reason": "launch", **typed})
        assert (again.status_code, messages_of(again)[-1]) == (200, "error")
        assert ("Other words." in again.content.decode(), "launch" in again.content.decode()) == (
            True, True,
        )  # fmt: skip
    letter.refresh_from_db()
    assert letter.state == "draft"


def test_what_is_done_already_is_not_asked(desk: Client, letter: Letter) -> None:
    response = desk.get(f"{LETTERS}{letter.pk}/open/act/")
    assert (response.status_code, messages_of(response)) == (302, ["error"])


def test_an_unknown_act_saves_and_no_more(desk: Client, letter: Letter) -> None:
    pressed = press(desk, f"{LETTERS}{letter.pk}/change/", "nonsense", goal="500")
    letter.refresh_from_db()
    assert (pressed.status_code, letter.goal, letter.state) == (302, 500, "open")
    assert not AuditEntry.objects.filter(action="nonsense letter").exists()
