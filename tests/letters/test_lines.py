"""What organisers type on one line is one line, without signs that nobody sees."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db.models import Model
from django.test import Client

from openletter.letters.models import Letter
from tests.asking import form_of
from tests.factories import make_draft, make_staff, make_update

pytestmark = pytest.mark.django_db
TYPED = "\u202eOpen\r\n\u2028the \x1b[2J\x7fbooks\u2066 "
KEPT = "Open   the [2Jbooks"

# The page of a letter or of what belongs to it, and each line that is typed there.
LINES = [
    ("letter", ("sender_name",)),
    ("textversion", ("reason", "translations-0-title", "translations-0-addressee")),
    ("update", ("texts-0-title",)),
    ("user", ("first_name", "last_name")),
    ("group", ("name",)),
]


def make(kind: str, letter: Letter) -> Model:
    if kind == "textversion":
        return make_draft(letter, en="Other words.")
    if kind == "update":
        return make_update(letter, published=False)
    if kind == "user":
        return make_staff("olive@example.org")
    return letter if kind == "letter" else Group.objects.create(name="editors")


def send(desk: Client, row: Model, lines: tuple[str, ...], typed: str) -> Any:
    page = f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/change/"
    answer = desk.post(page, {**form_of(desk.get(page)), **dict.fromkeys(lines, typed)})
    return answer, form_of(desk.get(page))


@pytest.mark.parametrize(("kind", "lines"), LINES)
def test_a_line_is_a_line(desk: Client, letter: Letter, kind: str, lines: tuple[str, ...]) -> None:
    answer, stored = send(desk, make(kind, letter), lines, TYPED)
    assert answer.status_code == 302
    assert {stored[name] for name in lines} == {KEPT}


def test_the_title_of_a_new_letter_is_a_line(desk: Client) -> None:
    page = "/admin/letters/letter/add/"
    typed = {"title": TYPED, "sender_name": TYPED, "slug": "open"}
    assert desk.post(page, {**form_of(desk.get(page)), **typed}).status_code == 302
    assert set(Letter.objects.values_list("title", "sender_name")) == {(KEPT, KEPT)}


def test_what_nobody_sees_is_nothing(desk: Client, letter: Letter) -> None:
    answer, _stored = send(desk, letter, ("sender_name",), "\u202e\u200b\u2066")
    assert answer.status_code == 200
    assert "sender_name" in answer.context["adminform"].form.errors


def test_a_joiner_that_belongs_to_a_word_stays(desk: Client, letter: Letter) -> None:
    answer, stored = send(desk, letter, ("sender_name",), "می\u200cخواهیم")
    assert (answer.status_code, stored["sender_name"]) == (302, "می\u200cخواهیم")
