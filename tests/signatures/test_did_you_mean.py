"""A domain that looks mistyped: the form asks once, and whatever is answered is taken."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client

from openletter.letters.models import Letter
from openletter.signatures.abuse import form_tokens
from openletter.signatures.models import Signature
from tests.conftest import form_for
from tests.factories import make_published, make_signature, text_of

pytestmark = pytest.mark.django_db
QUESTION = "Did you mean suzie@gmail.com?"
USE = re.compile(r'<button[^>]* type="submit" name="email_instead" value="([^"]*)"')


def field(page: str, name: str) -> str:
    """Return what a browser would send for an input of the page."""
    (found,) = re.findall(rf'<input[^>]* name="{name}"[^>]*>', page)
    value = re.search(r' value="([^"]*)"', found)
    return html.unescape(value[1]) if value else ""


def offered(page: str) -> list[str]:
    """Return the addresses that a button of the page would send instead."""
    return [html.unescape(value) for value in USE.findall(page)]


def test_the_form_comes_back_with_the_question_and_all_that_was_typed(sign: Any) -> None:
    response = sign(email=" suzie@gmial.com ", name="Suzie & Sam", affiliation="The Institute")
    page = response.content.decode()
    assert (response.status_code, Signature.objects.count()) == (422, 0)
    assert f'<a href="#id_email">{QUESTION}</a>' in page
    assert page.count(QUESTION) == 2  # in the summary, and at the field
    assert (offered(page), field(page, "email_asked")) == (["suzie@gmail.com"], "suzie@gmial.com")
    assert (field(page, "name"), field(page, "affiliation")) == ("Suzie & Sam", "The Institute")
    assert field(page, "email").strip() == "suzie@gmial.com"


def test_the_form_comes_back_with_a_form_token_that_is_good_now(
    sign: Any, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("time.time", lambda: 1_900_000_000.0)
        form_token = form_tokens.make(text_of(letter).public_id)
    page = sign(email="suzie@gmial.com", form_token=form_token).content.decode()
    assert field(page, "form_token") != form_token
    assert form_tokens.read(field(page, "form_token")) == text_of(letter).public_id


def test_the_button_uses_what_was_meant(sign: Any) -> None:
    page = sign(email="suzie@gmial.com").content.decode()
    again = {name: field(page, name) for name in ("email", "email_asked", "form_token")}
    (meant,) = offered(page)
    assert sign(**again, email_instead=meant).status_code == 302
    assert Signature.objects.get().email == "suzie@gmail.com"


def test_sending_again_as_typed_takes_the_address_as_typed(sign: Any) -> None:
    page = sign(email="suzie@gmial.com").content.decode()
    again = {name: field(page, name) for name in ("email", "email_asked", "form_token")}
    assert sign(**again).status_code == 302
    assert Signature.objects.get().email == "suzie@gmial.com"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("anna@gmail,com", "anna@gmail.com"),
        ("anna@gmailcom", "anna@gmail.com"),
        ("anna@gmail..com", "anna@gmail.com"),
        ("anna@gmail.com.", "anna@gmail.com"),
        ("anna@web,de", "anna@web.de"),
        ("anna@firma.example,org", "anna@firma.example.org"),
        ("anna (at) example.org", "anna@example.org"),
        ("Anna <anna@gmail,com>", "anna@gmail.com"),
    ],
)
def test_what_is_no_address_is_asked_about_until_it_is_one(
    sign: Any, typed: str, meant: str
) -> None:
    page = sign(email=typed).content.decode()
    assert f"Did you mean {meant}?" in page
    assert (offered(page), field(page, "email_asked")) == ([meant], "")
    assert "just send the form again" not in page  # it would not be taken
    assert offered(sign(email=typed, email_asked=typed).content.decode()) == [meant]
    assert sign(email=typed, email_instead=meant).status_code == 302
    assert Signature.objects.get().email == meant


@pytest.mark.parametrize(
    ("typed", "ending"),
    [("anna@firma.c", "c"), ("anna@firma.web", "web"), ("anna@firma.comgmail", "comgmail")],
)
def test_an_ending_that_hardly_exists_is_asked_about_once(
    sign: Any, typed: str, ending: str
) -> None:
    page = sign(email=typed).content.decode()
    assert page.count(f"ends in “.{ending}”") == 2
    assert "just send the form again" in page
    assert (offered(page), field(page, "email_asked")) == ([], typed)
    assert sign(email=typed, email_asked=field(page, "email_asked")).status_code == 302
    assert Signature.objects.get().email == typed


def test_a_domain_that_was_pasted_twice_is_asked_about(sign: Any) -> None:
    page = sign(email="anna@gmail.comgmail.com").content.decode()
    assert offered(page) == ["anna@gmail.com"]
    assert "just send the form again" in page


@pytest.mark.parametrize(
    "typed",
    [
        *("\u200banna@example.net", "anna@example.net\u202a", "\ufeffanna@example.net"),
        *("Anna Müller <anna@example.net>", "mailto:anna@example.net", "<anna@example.net>"),
        "ａｎｎａ＠ｅｘａｍｐｌｅ．ｎｅｔ",
    ],
)
def test_what_was_pasted_around_an_address_is_left_out(sign: Any, typed: str) -> None:
    assert sign(email=typed).status_code == 302
    assert Signature.objects.get().email == "anna@example.net"


def test_an_answer_counts_however_the_address_is_wrapped(sign: Any) -> None:
    typed = "Suzie <suzie@gmial.com>"
    assert sign(email=typed, email_asked="suzie@gmial.com").status_code == 302


def test_whoever_asks_for_their_link_is_told_what_was_meant(client: Client, letter: Letter) -> None:
    answer = client.post(f"/{letter.slug}/my-signature/", {"email": "anna@gmail,com"})
    assert answer.status_code == 422
    assert "Did you mean anna@gmail.com?" in answer.content.decode()


def test_another_suspicious_address_is_asked_about_again(sign: Any) -> None:
    response = sign(email="suzie@hotmial.com", email_asked="suzie@gmial.com")
    page = response.content.decode()
    assert response.status_code == 422
    assert offered(page) == ["suzie@hotmail.com"]
    assert field(page, "email_asked") == "suzie@hotmial.com"


def test_an_answer_outlives_an_error_elsewhere(sign: Any) -> None:
    page = sign(email="suzie@gmial.com", email_asked="suzie@gmial.com", name="").content.decode()
    assert QUESTION not in page
    assert (offered(page), field(page, "email_asked")) == ([], "suzie@gmial.com")


def test_the_question_comes_with_the_other_errors(sign: Any) -> None:
    page = sign(email="suzie@gmial.com", name="").content.decode()
    assert 'href="#id_name"' in page
    assert 'href="#id_email"' in page


@pytest.mark.parametrize("instead", ["not an address", "suzie@example.org\nBcc: x@example.org"])
def test_what_the_button_sends_is_judged_like_what_is_typed(sign: Any, instead: str) -> None:
    page = sign(email="suzie@gmail.com", email_instead=instead)
    assert (page.status_code, Signature.objects.count()) == (422, 0)
    assert QUESTION not in page.content.decode()


def test_a_forged_suggestion_that_looks_mistyped_is_asked_about_too(sign: Any) -> None:
    page = sign(email="suzie@example.org", email_instead="suzie@gmial.com").content.decode()
    assert (offered(page), field(page, "email")) == (["suzie@gmail.com"], "suzie@gmial.com")


def test_an_empty_suggestion_changes_nothing(sign: Any) -> None:
    assert sign(email="suzie@example.org", email_instead="").status_code == 302
    assert Signature.objects.get().email == "suzie@example.org"


def test_enter_does_not_press_the_button_that_changes_the_address(sign: Any) -> None:
    """Browsers take the first one of the form for Enter in any field."""
    page = sign(email="suzie@gmial.com").content.decode()
    form = page[page.index('<form class="form"') :]
    first = re.search(r"<button[^>]*>", form)
    assert first is not None
    assert "name=" not in first[0]
    assert 'tabindex="-1" aria-hidden="true"' in first[0]


def test_what_was_typed_is_escaped_in_the_question(sign: Any) -> None:
    page = sign(email="o'b&x@gmial.com").content.decode()
    assert offered(page) == ["o'b&x@gmail.com"]
    assert "o'b&x" not in page


@pytest.mark.parametrize("email", ["suzie@example.org", "suzie@mail.com", "no address"])
def test_nothing_is_asked_where_nothing_looks_mistyped(sign: Any, email: str) -> None:
    page = sign(email=email, name="").content.decode()
    assert (offered(page), field(page, "email_asked")) == ([], "")


@pytest.mark.parametrize(
    "prepare",
    [
        lambda letter: None,
        lambda letter: make_signature(letter, email="suzie@gmial.com"),
        lambda letter: make_published(letter, email="suzie@gmial.com"),
        lambda letter: make_published(letter, email="suzie@gmail.com"),
        lambda letter: [make_signature(letter, email="suzie@gmial.com") for _ in range(5)],
    ],
    ids=["new", "pending", "signed already", "meant one has signed", "too many attempts"],
)
def test_t07_the_question_depends_on_the_typed_text_alone(
    client: Client, letter: Letter, prepare: Any
) -> None:
    typed = form_for(letter, email="suzie@gmial.com")
    path = f"/{letter.slug}/sign/"
    before = client.post(path, typed)
    prepare(letter)
    after = client.post(path, typed)
    assert (before.status_code, before.content) == (after.status_code, after.content)
    assert dict(before.items()) == dict(after.items())
