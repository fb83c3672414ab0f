"""The first words of a text: one line, whose parts are told apart, and no half word."""

from __future__ import annotations

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from openletter.letters.excerpts import excerpt
from openletter.letters.models import Letter
from openletter.letters.rendering import to_html
from tests.factories import make_letter, make_update


@pytest.mark.parametrize(
    ("markdown", "said"),
    [
        ("Dear world,\n\nlisten.", "Dear world, listen."),
        ("# Hear us\n\nWe & *all* ask.", "Hear us · We & all ask."),
        ("We ask:\n\n- peace\n- bread\n\nNow", "We ask: peace · bread · Now"),
        ("1. Open the models.\n2. Pay", "Open the models. Pay"),
        ("> „Nein.“\n\nsagt er", "„Nein.“ sagt er"),
        ("Report here. First hearing: 4 December\n\nWritten answer: no",
         "Report here. First hearing: 4 December · Written answer: no"),
        ("The team\nPlatz 1\n11011 Berlin", "The team · Platz 1 · 11011 Berlin"),
        ("This line was broken by the program that\nwrote the mail, as many are.",
         "This line was broken by the program that · wrote the mail, as many are."),
        ("This longer line was broken by the program that had\nwritten the mail",
         "This longer line was broken by the program that had written the mail"),
        ("|a|b|\n|-|-|\n|c|d|", "a · b · c · d"),
        ("致議員：\n\n請聽。\n\n謝謝", "致議員： 請聽。 謝謝"),
        ("[Read](https://example.org \"a > b\") this", "Read this"),
        ("a\n\n---\n\nb", "a · b"),
        ("", ""),
    ],
)  # fmt: skip
def test_what_is_not_one_sentence_is_told_apart(markdown: str, said: str) -> None:
    assert excerpt(to_html(markdown)) == said


def test_it_ends_at_a_word() -> None:
    html = to_html("# Hear\n\nus & *listen* " + "closely " * 50)
    short = excerpt(html)
    assert short.startswith("Hear · us & listen closely")
    assert short.endswith("closely …")
    assert len(short) <= 202


@pytest.mark.parametrize(
    "sentence", ["我们要求公开所有合同", "ขอให้เปิดเผยสัญญาทั้งหมดที่นี่", "契約を公開してください"]
)
def test_without_spaces_it_ends_between_two_signs(sentence: str) -> None:
    short = excerpt(to_html(sentence * 40), length=50)
    assert 40 < len(short) <= 52
    assert (sentence * 40).startswith(short.removesuffix(" …"))


@pytest.mark.slow
@given(st.lists(st.sampled_from(["Wort", "a", "Überlänge", "x-y", "¿qué?"]), min_size=60))
def test_no_word_is_cut_in_two(words: list[str]) -> None:
    short = excerpt(to_html(" ".join(words)), length=40)
    assert short.endswith(" …")
    kept = short.removesuffix(" …").split()
    assert kept == words[: len(kept)]


@pytest.mark.django_db
def test_pages_and_lists_say_it(client: Client) -> None:
    letter = make_letter(texts={"en": ("A letter", "We ask:\n\n- peace\n- bread")})
    make_update(
        Letter.objects.get(pk=letter.pk), texts={"en": ("News", "- 4 December\n- an answer")}
    )
    page = client.get("/open-letter/").content.decode()
    assert page.count('content="We ask: peace · bread"') == 2
    assert "4 December · an answer" in client.get("/open-letter/updates/").content.decode()
