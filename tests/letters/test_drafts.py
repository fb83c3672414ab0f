"""T15: before a letter is opened, no public surface knows it."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from openletter.letters import publishing
from openletter.letters.models import Letter
from openletter.signatures.inbox import typed_form
from openletter.signatures.models import Signature
from tests.conftest import form_for
from tests.factories import make_letter, make_signature

pytestmark = pytest.mark.django_db

SURFACES = [
    "/secret/",
    "/secret/signatures/",
    "/secret/signatures/?after=5",
    "/secret/sign/",
    "/secret/count.json",
    "/de/secret/",
    "/de/secret/signatures/",
    "/de/secret/sign/",
    "/secret",
]


def draft() -> Letter:
    return make_letter(
        slug="secret", state=Letter.State.DRAFT, texts={"en": ("Embargoed words", "Not yet.")}
    )


@pytest.mark.parametrize("path", SURFACES)
def test_t15_a_draft_answers_like_a_letter_that_never_was(client: Client, path: str) -> None:
    draft()
    response = client.get(path, follow=True)
    unknown = client.get(path.replace("secret", "unheard"), follow=True)
    assert (response.status_code, response["Cache-Control"]) == (404, "no-store")
    assert response.content == unknown.content.replace(b"unheard", b"secret")


@pytest.mark.parametrize("path", ["/", "/de/"])
def test_t15_the_home_page_does_not_mention_a_draft(client: Client, path: str) -> None:
    draft()
    page = client.get(path).content.decode()
    assert "Embargoed" not in page
    assert "secret" not in page


def test_t15_a_draft_cannot_be_signed(client: Client) -> None:
    letter = draft()
    response = client.post(
        "/secret/sign/",
        urlencode(form_for(letter)),
        content_type="application/x-www-form-urlencoded",
    )
    assert response.status_code == 404
    assert not Signature.objects.exists()


def test_t15_a_link_into_a_draft_says_nothing_about_it(client: Client) -> None:
    letter = draft()
    signature = make_signature(letter)
    token = typed_form.inbox_token(signature.public_id, letter.public_id)
    response = client.get(f"/s/{token}/inbox/")
    assert response.status_code == 404
    assert b"Embargoed" not in response.content


@pytest.mark.parametrize("path", SURFACES)
def test_t15_once_opened_it_is_there(client: Client, path: str) -> None:
    letter = draft()
    publishing.change_state(
        letter_id=letter.pk, to=Letter.State.OPEN, actor_id=None, now=timezone.now()
    )
    assert client.get(path, follow=True).status_code == 200


@pytest.mark.parametrize("state", [Letter.State.CLOSED, Letter.State.ARCHIVED])
def test_a_closed_letter_stays_readable_and_takes_no_form(client: Client, state: str) -> None:
    make_letter(slug="secret", state=Letter.State(state))
    for path in ("/secret/", "/secret/signatures/", "/secret/count.json"):
        assert client.get(path).status_code == 200
    assert client.get("/secret/sign/").status_code == 410
    assert 'name="email"' not in client.get("/secret/").content.decode()
