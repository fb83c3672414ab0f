"""The form under a letter: what it takes, what it says, what it stores."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.client import encode_multipart
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from openletter.letters import publishing as letter_flows
from openletter.letters.models import Letter
from openletter.mail.models import OutgoingMail
from openletter.signatures.abuse import form_tokens
from openletter.signatures.models import Signature
from tests.conftest import form_for
from tests.factories import make_letter, make_published, make_version, move_letter, text_of

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"


def test_signing_stores_an_attempt_and_the_mail_it_owes(sign: Any) -> None:
    response = sign(name="  Suzie   Signer ")
    assert (response.status_code, response["Location"].endswith("/inbox/")) == (302, True)
    signature = Signature.objects.get()
    mail = OutgoingMail.objects.get()
    assert (signature.name, signature.state) == ("Suzie Signer", "pending")
    assert (mail.kind, mail.state, mail.recipient) == (
        "signatures.confirm",
        "due",
        "suzie@example.org",
    )


def test_the_inbox_page_says_when_mail_is_slow_or_stands(client: Client, sign: Any) -> None:
    inbox = sign()["Location"]

    def said() -> str:
        return client.get(inbox).content.decode()

    assert 'class="notice"' not in said()
    OutgoingMail.objects.update(due_at=timezone.now() - timedelta(minutes=25))
    assert "Yours is not lost: it will be sent as soon as possible" in said()
    sign(email="somebody@example.org")
    one_left = OutgoingMail.objects.latest("first_due_at")
    OutgoingMail.objects.filter(pk=one_left.pk).update(state="sent", sent_at=timezone.now())
    assert "Yours will take about 26 minutes." in said()


def test_signing_takes_at_most_six_queries(client: Client, letter: Letter) -> None:
    client.post(f"/{letter.slug}/sign/", form_for(letter, email="first@example.org"))
    typed = form_for(letter)  # by now the process knows the text, which never changes
    with CaptureQueriesContext(connection) as queries:
        client.post(f"/{letter.slug}/sign/", typed)
    asked = [q["sql"] for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(asked) <= 6, "\n".join(text[:90] for text in asked)


def test_addresses_are_stored_encrypted(sign: Any) -> None:
    sign(email="suzie@example.org")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.email, m.recipient FROM signatures_signature s, mail_outgoingmail m"
        )
        stored = cursor.fetchone()
    assert all("suzie" not in text and text.startswith("gAAAA") for text in stored)


def test_a_form_error_keeps_all_that_was_typed(sign: Any) -> None:
    response = sign(name="Suzie", email="no address", affiliation="The <Institute>")
    page = response.content.decode()
    assert response.status_code == 422
    assert 'value="no address"' in page
    assert 'value="Suzie"' in page
    assert 'value="The &lt;Institute&gt;"' in page
    assert 'aria-invalid="true"' in page
    assert Signature.objects.count() == 0


def test_without_consent_nothing_is_stored(client: Client, letter: Letter) -> None:
    typed = form_for(letter)
    del typed["consent"]
    assert client.post(f"/{letter.slug}/sign/", typed).status_code == 422
    assert Signature.objects.count() == 0


def test_every_field_says_its_real_limit(client: Client, letter: Letter) -> None:
    Letter.objects.update(asks_comment=True)
    page = client.get(f"/{letter.slug}/sign/").content.decode()
    said = {
        name: int(limit[1])
        for name in ("name", "title", "affiliation", "comment", "email")
        if (limit := re.search(rf'<[^>]* name="{name}"[^>]* maxlength="(\d+)"', page))
        or (limit := re.search(rf'<[^>]* maxlength="(\d+)"[^>]* name="{name}"', page))
    }
    assert said == {"name": 100, "title": 100, "affiliation": 150, "comment": 500, "email": 254}


def test_what_fills_a_field_is_taken_however_it_is_stored(sign: Any, letter: Letter) -> None:
    """A letter may be stored as two, and a line end is sent as two characters."""
    Letter.objects.update(asks_comment=True)
    typed = {"name": "\u09dc" * 100, "title": "\u09dc" * 100, "affiliation": "\u09dc" * 150}
    assert sign(**typed, comment="a\r\n" * 249 + "aa").status_code == 302
    stored = Signature.objects.get()
    lengths = (len(stored.name), len(stored.title), len(stored.affiliation), len(stored.comment))
    assert lengths == (200, 200, 300, 500)


def test_one_letter_more_than_a_field_takes_is_refused_with_both_numbers(sign: Any) -> None:
    page = sign(name="a" * 101).content.decode()
    assert "to 100 characters; it now has 101." in page


def test_an_old_form_token_asks_to_send_again_and_loses_nothing(
    sign: Any, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = old_form_token(letter, monkeypatch)
    response = sign(form_token=old)
    page = response.content.decode()
    assert response.status_code == 422
    assert 'value="suzie@example.org"' in page
    assert old not in page  # the form shown again carries a form token that is good now


@pytest.mark.parametrize("form_token", ["", "nonsense", "00-1.xyz"])
def test_a_forged_form_token_is_refused(sign: Any, form_token: str) -> None:
    assert sign(form_token=form_token).status_code == 422
    assert Signature.objects.count() == 0


def test_the_form_token_of_another_letter_is_refused(sign: Any) -> None:
    other = make_letter(slug="another")
    assert sign(form_token=form_tokens.make(text_of(other).public_id)).status_code == 422


def old_form_token(letter: Letter, monkeypatch: pytest.MonkeyPatch) -> str:
    with monkeypatch.context() as patch:
        patch.setattr("time.time", lambda: 1_000_000_000.0)
        return form_tokens.make(text_of(letter).public_id)


def links_in(answer: Any) -> list[str]:
    """Return where the sentences about what is wrong lead; elsewhere, as the form stays there."""
    summary = answer.content.decode().partition('class="error-summary"')[2].partition("</ul>")[0]
    assert summary.count('target="_blank"') == summary.count('href="/')
    return re.findall(r'href="(/[^"]*)"', summary)


def test_who_signs_a_changed_text_is_led_to_the_changes_and_to_the_text(
    sign: Any, letter: Letter
) -> None:
    form_token = form_tokens.make(text_of(letter).public_id)
    make_version(letter, en="Clearer words.")
    assert links_in(sign(form_token=form_token)) == [
        "/open-letter/versions/2/changes/",
        "/open-letter/",
    ]
    make_version(letter, en="Yet other words.")
    assert links_in(sign(form_token=form_token)) == ["/open-letter/versions/", "/open-letter/"]


def test_so_is_who_left_the_page_open_for_days(
    sign: Any, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    form_token = old_form_token(letter, monkeypatch)
    make_version(letter, en="Clearer words.")
    answer = sign(form_token=form_token)
    assert answer.status_code == 422
    assert links_in(answer) == ["/open-letter/versions/2/changes/", "/open-letter/"]


def test_a_changed_text_must_be_read_again(sign: Any, letter: Letter) -> None:
    form_token = form_tokens.make(text_of(letter).public_id)
    make_version(letter, en="Clearer words.")
    assert sign(form_token=form_token).status_code == 422
    assert sign().status_code == 302
    assert Signature.objects.get().translation.version.number == 2


def test_a_filled_honeypot_is_not_accepted_and_not_kept(sign: Any) -> None:
    response = sign(website="http://spam.example")
    assert response.status_code == 422
    assert b"spam.example" not in response.content


@pytest.mark.parametrize("state", [Letter.State.CLOSED, Letter.State.ARCHIVED])
def test_a_closed_letter_cannot_be_signed(sign: Any, letter: Letter, state: str) -> None:
    Letter.objects.filter(pk=letter.pk).update(state=state)
    assert sign().status_code == 410
    assert Signature.objects.count() == 0


def test_a_draft_letter_does_not_exist_for_the_public(client: Client) -> None:
    make_letter(slug="secret", state=Letter.State.DRAFT)
    for path in ("", "sign/", "signatures/", "count.json"):
        response = client.get(f"/secret/{path}")
        assert (response.status_code, response["Cache-Control"]) == (404, "no-store"), path


def test_a_second_signature_is_answered_by_mail(sign: Any, letter: Letter) -> None:
    make_published(letter, email="Suzie@Example.org")
    sign(email="suzie@example.org")
    assert OutgoingMail.objects.latest("pk").kind == "signatures.signed_already"
    assert Signature.objects.count() == 1


def test_t04_an_address_gets_three_mails_a_day_on_a_letter_three_minutes_apart(sign: Any) -> None:
    for number in range(8):
        sign(email=f"v.i.ctim+{number}@gmail.com")
    due = sorted(OutgoingMail.objects.values_list("due_at", flat=True))
    assert len(due) == 3
    assert all(b - a >= timedelta(minutes=3) for a, b in pairwise(due))


def test_t26_a_form_from_another_site_is_refused(client: Client, letter: Letter) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        response = client.post(f"/{letter.slug}/sign/", form_for(letter), headers=headers)
        assert response.status_code == 403
    assert Signature.objects.count() == 0


def test_t26_an_old_browser_that_sends_no_origin_may_sign(client: Client, letter: Letter) -> None:
    assert client.post(f"/{letter.slug}/sign/", form_for(letter)).status_code == 302


def test_t35_fields_that_the_form_does_not_have_are_ignored(sign: Any) -> None:
    sign(state="published", first_position="1", letter_id="2", email_key="x")
    signature = Signature.objects.get()
    assert (signature.state, signature.first_position) == ("pending", None)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"name=a%00b", FORM),
        (b"name=%ff%fe", FORM),
        (b"name=" + b"x" * 70_000, FORM),
        (b"name=a", "multipart/form-data"),
        (b"&".join(b"f%d=1" % n for n in range(3000)), FORM),
    ],
    ids=["nul", "broken utf-8", "too large", "no boundary", "too many fields"],
)
def test_t38_malformed_requests_get_400(
    client: Client, letter: Letter, body: bytes, kind: str
) -> None:
    response = client.post(f"/{letter.slug}/sign/", body, content_type=kind)
    assert response.status_code == 400
    assert Signature.objects.count() == 0


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "text/plain", FORM])
@pytest.mark.parametrize(
    "charset",
    [
        *("base64", "idna", "hex", "rot13", "zlib", "undefined", "punycode", "unicode_escape"),
        *("utf-16", "latin-1", "nonsense", "é", '"utf-8', "utf-8, utf-8"),
    ],
)
def test_t38_a_form_in_another_encoding_gets_400(
    client: Client, letter: Letter, kind: str, charset: str
) -> None:
    body = encode_multipart("x", form_for(letter)) if "multipart" in kind else b"name=a"
    for path in (f"/{letter.slug}/sign/", "/s/x/code/", "/s/x/confirm/", "/s/x/stop/"):
        # `post` would try to write the body in that encoding itself.
        response = client.generic("POST", path, body, f"{kind}; charset={charset}")
        assert response.status_code == 400
    assert Signature.objects.count() == 0


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", "utf8", '"utf-8"'])
def test_t38_a_form_that_says_it_is_utf8_is_taken(
    client: Client, letter: Letter, charset: str
) -> None:
    body = encode_multipart("x", form_for(letter, name="Zoë Ünver"))
    kind = f"multipart/form-data; boundary=x; charset={charset}"
    assert client.post(f"/{letter.slug}/sign/", body, content_type=kind).status_code == 302
    assert Signature.objects.get().name == "Zoë Ünver"


def test_signing_needs_no_cookie_and_sets_none(sign: Any, client: Client, letter: Letter) -> None:
    response = sign()
    page = client.get(response["Location"])
    assert not client.cookies
    assert page["Cache-Control"] == "no-store"
    assert page["Referrer-Policy"] == "no-referrer"


def test_the_language_of_the_form_is_the_language_of_the_mail(
    client: Client, letter: Letter
) -> None:
    response = client.post(f"/de/{letter.slug}/sign/", form_for(letter))
    assert response["Location"].startswith("/de/s/")
    assert OutgoingMail.objects.get().language == "de"


def test_a_wrong_method_is_refused(client: Client, letter: Letter) -> None:
    assert client.put(f"/{letter.slug}/sign/").status_code == 405


def test_a_former_address_leads_to_the_form(client: Client, letter: Letter) -> None:
    Letter.objects.filter(pk=letter.pk).update(slug="renamed")
    letter.refresh_from_db()
    letter_flows.keep_former_slug(letter=letter, former="open-letter")
    response = client.get("/open-letter/sign/")
    assert (response.status_code, response["Location"]) == (301, "/renamed/sign/")


def test_a_form_sent_to_a_former_address_is_taken(client: Client, letter: Letter) -> None:
    form = form_for(letter)
    move_letter(letter, to="renamed")
    answer = client.post("/open-letter/sign/", form)
    assert (answer.status_code, Signature.objects.count()) == (302, 1)


def test_a_damaged_form_sent_to_a_former_address_loses_nothing(
    client: Client, letter: Letter
) -> None:
    form = form_for(letter, form_token="x", name="Suzie Typed-this")
    move_letter(letter, to="renamed")
    answer = client.post("/open-letter/sign/", form)
    assert answer.status_code == 422
    assert "Suzie Typed-this" in answer.content.decode()


def test_a_form_of_one_letter_signs_no_other(client: Client, letter: Letter) -> None:
    make_letter(slug="other")
    answer = client.post("/other/sign/", form_for(letter))
    assert (answer.status_code, Signature.objects.count()) == (422, 0)
