"""Whoever goes from the form for people to that for organisations, or back, loses nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from openletter.letters.models import Letter
from openletter.mail.models import OutgoingMail
from openletter.signatures.models import Signature
from tests.asking import fields_in
from tests.factories import make_version
from tests.signatures.steps import form_on

pytestmark = pytest.mark.django_db
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
TYPED = {
    "name": "Ågot Öberg & Co",
    "email": "aagot@gmial.com",
    "title": "Tischlerin",
    "affiliation": "Das Archiv",
    "country": "IS",
    "comment": "Genau so,\r\nund nicht anders.",
    "updates": "on",
}


@pytest.fixture
def letter(letter: Letter) -> Letter:
    asked = ("asks_title", "asks_affiliation", "asks_country", "asks_comment")
    Letter.objects.update(takes_organisations=True, **dict.fromkeys(asked, True))
    return letter


def sent_by(page: Any) -> dict[str, Any]:
    """Return what the form on a page would send, but for what no person types."""
    fields = fields_in(form_on(page.content.decode()))
    untyped = {"form_token", "altcha", "email_asked", "website", "kind"}
    return {name: value for name, value in fields.items() if name not in untyped and value}


def test_nothing_typed_is_lost_there_and_back(sign: Any, letter: Letter) -> None:
    club = sign(**TYPED, switch_to="organisation")
    assert club.status_code == 200
    assert sent_by(club) == {**TYPED, "consent": "on"}
    form = fields_in(form_on(club.content.decode()))
    assert form["kind"] == "organisation"
    person = sign(**{**form, "represented_by": "Olive, chair", "switch_to": "person"})
    assert sent_by(person) == {**TYPED, "consent": "on", "represented_by": "Olive, chair"}
    assert not person.context["form"].is_organisation


def test_nothing_is_signed_or_judged_by_that(sign: Any, letter: Letter) -> None:
    answer = sign(name="", email="nonsense", switch_to="organisation")
    assert not answer.context["form"].errors
    assert not answer.context["form"].meant_email
    assert (Signature.objects.count(), OutgoingMail.objects.count()) == (0, 0)


def test_the_boxes_about_the_name_are_asked_anew(sign: Any, letter: Letter) -> None:
    answer = sign(retain_name="on", switch_to="organisation")
    assert not {"show_name", "retain_name"} & set(sent_by(answer))
    assert answer.context["is_switched"]  # and so it says that they are


def test_what_the_other_form_asked_for_is_not_stored(sign: Any, letter: Letter) -> None:
    form = fields_in(form_on(sign(**TYPED, switch_to="organisation").content.decode()))
    sent = {**form, "consent": "on", "email": "aagot@example.org"}
    assert sign(**sent).status_code == 302
    club = Signature.objects.get()
    assert (club.kind, club.title, club.affiliation) == ("organisation", "", "")


def test_it_comes_back_with_what_was_typed_if_something_is_wrong(sign: Any, letter: Letter) -> None:
    form = fields_in(form_on(sign(**TYPED, switch_to="organisation").content.decode()))
    again = sign(**{**form, "name": ""})
    assert again.status_code == 422
    assert sent_by(again)["title"] == TYPED["title"]


def test_enter_signs_and_does_not_switch(client: Client, letter: Letter) -> None:
    form = form_on(client.get(f"/{letter.slug}/").content.decode())
    assert "switch_to" not in form.partition("</button>")[0]


def test_a_letter_for_people_only_stays_one(sign: Any, letter: Letter) -> None:
    Letter.objects.update(takes_organisations=False)
    answer = sign(**TYPED, switch_to="organisation")
    assert not answer.context["form"].is_organisation
    assert sent_by(answer) == {**TYPED, "consent": "on"}


def test_t26_another_site_fills_in_no_form(client: Client, letter: Letter) -> None:
    typed = {**TYPED, "switch_to": "organisation"}
    answer = client.post(f"/{letter.slug}/sign/", typed, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_who_switches_is_told_too_that_the_text_has_changed(sign: Any, letter: Letter) -> None:
    form = fields_in(form_on(Client().get(f"/{letter.slug}/sign/").content.decode()))
    make_version(letter)
    answer = sign(**{**form, **TYPED, "switch_to": "organisation"})
    assert f"/{letter.slug}/versions/2/changes/" in answer.content.decode()


def test_a_closed_letter_gives_no_other_form(sign: Any, letter: Letter) -> None:
    Letter.objects.update(state=Letter.State.CLOSED)
    assert sign(**TYPED, switch_to="organisation").status_code == 410
