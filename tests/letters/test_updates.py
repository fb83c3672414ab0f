"""Updates: written as drafts, numbered by their letter, published for ever, kept as plain text."""

from __future__ import annotations

import re
import threading

import pytest
from django.db import connection
from django.test import Client

from openletter.letters import plain_text, publishing, publishing_updates
from openletter.letters.models import Letter, Update, UpdateText
from openletter.letters.publishing import NotPossible
from openletter.letters.queries import updates as update_queries
from openletter.moderation.models import AuditEntry
from tests.asking import opened_on, say_yes, seen
from tests.factories import make_letter, make_update

pytestmark = pytest.mark.django_db


def typed(letter: Letter, **texts: str) -> dict[str, str]:
    """What a browser sends for the form of a new update with one text."""
    return {
        "letter": str(letter.pk),
        "texts-TOTAL_FORMS": "1",
        "texts-INITIAL_FORMS": "0",
        "texts-0-language": "en",
        "texts-0-title": "They have read it",
        "texts-0-markdown": "Good *news*.",
        **texts,
    }


def test_updates_are_numbered_letter_by_letter() -> None:
    first, other = make_letter(slug="first"), make_letter(slug="other")
    numbers = [make_update(letter).number for letter in (first, first, other)]
    assert numbers == [1, 2, 1]


@pytest.mark.django_db(transaction=True)
def test_two_people_who_begin_an_update_at_once_get_two_numbers() -> None:
    letter = make_letter()
    start = threading.Barrier(4)

    def begin() -> None:
        start.wait()
        publishing_updates.begin(Update(letter=letter))
        connection.close()

    threads = [threading.Thread(target=begin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(Update.objects.values_list("number", flat=True)) == [1, 2, 3, 4]


def test_publishing_is_recorded_and_cannot_be_done_twice() -> None:
    update = make_update()
    assert update.published_at
    assert AuditEntry.objects.get(action="publish update").object_id == str(update.public_id)
    with pytest.raises(NotPossible):
        publishing_updates.publish(update_id=update.pk, actor_id=None, now=update.published_at)


def test_an_update_needs_a_text_in_the_reference_language() -> None:
    with pytest.raises(NotPossible):
        make_update(make_letter(), texts={"de": ("Neues", "Gut.")})


def test_an_update_on_a_draft_letter_cannot_be_published() -> None:
    with pytest.raises(NotPossible):
        make_update(make_letter(state=Letter.State.DRAFT))


def test_t18_a_script_in_an_update_does_not_reach_the_page() -> None:
    update = make_update(texts={"en": ("x", "<script>alert(1)</script> [y](javascript:alert(1))")})
    html = update.texts.get().html
    assert "<script" not in html
    assert "href" not in html


def test_whose_language_an_update_lacks_reads_it_in_the_reference_language() -> None:
    letter = make_letter(reference_language="de")
    update = make_update(letter, texts={"en": ("English", "x"), "de": ("Deutsch", "x")})
    titles = [
        update_queries.in_language(update, one, letter=letter).title for one in ("fr", "en", "de")
    ]
    assert titles == ["Deutsch", "English", "Deutsch"]


PLAIN = [
    ("Good *news* and ~~bad~~ ones.", "Good news and ~~bad~~ ones."),
    ("Alle Schüler*innen, `so` geht`s: 2*3*4.", "Alle Schüler*innen, `so` geht`s: 2*3*4."),
    ("# We won\n\ntoday", "We won\n\ntoday"),
    ("[Read](https://example.org/a)", "Read <https://example.org/a>"),
    ("See https://example.org/a_b_c.", "See https://example.org/a_b_c."),
    ("<https://example.org/a>", "<https://example.org/a>"),
    ("- a\n- b", "- a\n- b"),
    ("3. a\n4. b\n6. c", "3. a\n4. b\n6. c"),
    ("1) a\n2) b", "1) a\n2) b"),
    ("The team\nPlatz 1\n11011 Berlin", "The team\nPlatz 1\n11011 Berlin"),
    ("    indented", "indented"),
    ("> one\n>\n> two", "> one\n>\n> two"),
    ("| a | b |\n|---|---|\n| 1 | 2 |", "a | b\n1 | 2"),
    ("one  \ntwo\nthree", "one\ntwo\nthree"),
    ("***", "* * *"),
]


@pytest.mark.parametrize(("markdown", "text"), PLAIN)
def test_markdown_reads_as_plain_text(markdown: str, text: str) -> None:
    assert plain_text.of_markdown(markdown) == text


def test_an_update_is_written_in_the_admin(desk: Client, letter: Letter) -> None:
    response = desk.post("/admin/letters/update/add/", typed(letter))
    assert response.status_code == 302
    text = UpdateText.objects.get(update__letter=letter, update__number=1)
    assert (text.title, text.html) == ("They have read it", "<p>Good <em>news</em>.</p>\n")


def test_the_preview_shows_what_was_typed_and_saves_nothing(desk: Client, letter: Letter) -> None:
    page = desk.post("/admin/letters/update/preview/", typed(letter))
    assert "<p>Good <em>news</em>.</p>" in page.content.decode()
    assert not Update.objects.exists()
    assert desk.get("/admin/letters/update/preview/").status_code == 405


def test_publishing_in_the_admin_asks_first(desk: Client, letter: Letter) -> None:
    update = make_update(letter, published=False)
    address = f"/admin/letters/update/{update.pk}/publish/"
    assert desk.get(address).status_code == 200
    assert Update.objects.get().published_at is None
    say_yes(desk, address)
    assert Update.objects.get().published_at is not None


def test_a_published_update_cannot_be_edited_but_gains_a_language(
    desk: Client, letter: Letter
) -> None:
    update = make_update(letter)
    text = update.texts.get()
    page = f"/admin/letters/update/{update.pk}/change/"
    sent = {
        **opened_on(desk.get(page)),
        **typed(letter),
        "texts-TOTAL_FORMS": "2",
        "texts-INITIAL_FORMS": "1",
        "texts-0-id": str(text.pk),
        "texts-0-update": str(update.pk),
        "texts-0-title": "Something else",
        "texts-1-update": str(update.pk),
        "texts-1-language": "de",
        "texts-1-title": "Sie haben ihn gelesen",
        "texts-1-markdown": "Gut.",
    }
    asked = desk.post(page, sent)
    assert update.texts.count() == 1
    assert desk.post(page, {**sent, "seen": seen(asked)}).status_code == 302
    titles = set(update.texts.values_list("title", flat=True))
    assert titles == {"They have read it", "Sie haben ihn gelesen"}


@pytest.mark.parametrize("desk_of", ["letter", "update", "textversion"])
def test_enter_in_a_field_saves_and_presses_no_other_button(
    desk: Client, letter: Letter, desk_of: str
) -> None:
    subject = {
        "letter": letter,
        "update": make_update(letter, published=False),
        "textversion": publishing.begin_version(letter_id=letter.pk),
    }[desk_of]
    page = desk.get(f"/admin/letters/{desk_of}/{subject.pk}/change/").content.decode()
    form = page[page.index(f'id="{desk_of}_form"') :]
    buttons = re.findall(r'<(?:button|input)\b[^>]*type="submit"[^>]*>', form)
    assert 'name="_save"' in buttons[0]
    assert any('name="_act"' in button for button in buttons)
