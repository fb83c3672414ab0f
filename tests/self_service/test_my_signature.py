"""`/s/<token>/`: what a signatory sees of their signature, and who else sees nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from openletter.ledger.models import LedgerEntry
from openletter.lib import tokens
from openletter.lib.people.addresses import Recipient
from openletter.mail import outbox
from openletter.mail.models import OutgoingMail
from openletter.self_service import signature_views
from openletter.signatures import confirmation
from openletter.signatures.models import Signature
from tests.factories import decide, make_letter, make_published, make_signature, text_of
from tests.self_service.steps import acts, look, mine, now_of, number, press
from tests.steps import SAME_ORIGIN, link

pytestmark = pytest.mark.django_db
S = Signature.State
BUTTONS = tuple(f"set/{act}/" for act in signature_views.ACTS)
PAGES = ("correct/", "withdraw/", "erase/")


def test_it_shows_everything_that_was_signed_and_said() -> None:
    make_published(name="First Signer")
    signature = make_signature(
        name="Suzie Signer", title="Baker", affiliation="Corner Bakery", country="IS", comment="Yes"
    )
    confirmation.confirm(signature, by=Signature.Way.CODE, now=timezone.now())
    page = look(signature)
    said = ("Suzie Signer", "Baker", "Corner Bakery", "Iceland", "Yes", "the 2nd to sign")
    signed = ("A letter", "Version 1", text_of(signature.letter).sha256, "with the code")
    agreed = ("may reveal a political opinion", "Show my name in public")
    assert [words for words in (*said, *signed, *agreed) if words not in page] == []


def test_it_lists_the_mails_that_were_sent_and_what_happened(client: Client) -> None:
    signature = make_published()
    press(signature, "set/hide/")
    page = look(signature)
    assert "Confirmation that you signed" in page
    assert page.index("You sent the form.") < page.index("You confirmed your signature.")
    assert page.index("You confirmed your signature.") < page.index("You hid the name.")


def test_a_request_to_confirm_that_is_asked_for_twice_does_not_wait_once_confirmed() -> None:
    signature = make_signature()
    for copy in range(2):
        outbox.enqueue(
            "signatures.confirm",
            dedupe_key=str(copy),
            recipient=Recipient.of(signature.email),
            language="en",
            about=signature.public_id,
            topic=signature.letter.topic,
            now=timezone.now(),
        )
    OutgoingMail.objects.filter(dedupe_key="0").update(state="sent", sent_at=timezone.now())
    assert look(signature).count("Request to confirm") == 2
    confirmation.confirm(signature, by=Signature.Way.CODE, now=timezone.now())
    assert look(signature).count("Request to confirm") == 1


@pytest.mark.parametrize("state", S.values)
def test_every_state_has_a_page_that_says_what_it_is(state: str) -> None:
    confirmed = None if state in {S.PENDING, S.EXPIRED} else timezone.now()
    page = look(make_signature(state=state, confirmed_at=confirmed))
    assert "My signature" in page
    assert ("privacy" in page, "my-signature.json" in page) == (True, True)


@pytest.mark.parametrize("state", [S.HELD, S.REMOVED, S.WITHDRAWN, S.EXPIRED])
def test_what_does_not_stand_still_shows_what_is_kept(state: str) -> None:
    confirmed = None if state == S.EXPIRED else timezone.now()
    signature = make_signature(
        state=state, confirmed_at=confirmed, name="Suzie", comment="Yes", email="s@müller.example"
    )
    Signature.objects.update(email="s@xn--mller-kva.example")
    page = look(signature)
    assert [words for words in ("Suzie", '<q dir="auto">Yes</q>') if words not in page] == []
    assert "s@müller.example" in page  # as it was typed


def test_whose_signature_is_held_is_told_whom_to_ask(settings: Any) -> None:
    settings.PRIVACY_CONTACT = "ask@example.org"
    page = look(make_signature(state=S.HELD, confirmed_at=timezone.now()))
    assert 'href="mailto:ask@example.org"' in page


def test_whose_signature_was_removed_can_object() -> None:
    signature = make_published()
    decide(signature, "removed")
    assert f'href="{link(signature, "appeal")}"' in look(signature)


def test_what_was_deleted_is_not_said_to_be_kept() -> None:
    signature = make_published()
    press(signature, "erase/")
    gone = now_of(signature)
    assert "still-kept" not in look(gone)


def test_who_has_not_confirmed_can_do_so_from_here(client: Client) -> None:
    signature = make_signature()
    token = tokens.make("confirm", signature.public_id)
    assert reverse("signatures:confirm", args=[token]) in look(signature)


def test_each_button_does_its_own_thing() -> None:
    signature = make_published(show_name=True)
    for page, field, value in (
        ("set/hide/", "show_name", False),
        ("set/show/", "show_name", True),
        ("set/keep-name/", "retain_name", True),
        ("set/let-name-go/", "retain_name", False),
        ("set/start-updates/", "wants_updates", True),
        ("set/stop-updates/", "wants_updates", False),
    ):
        assert press(signature, page).status_code == 302
        assert getattr(now_of(signature), field) is value


def test_a_hidden_name_leaves_the_public_list_and_still_counts(client: Client) -> None:
    signature = make_published(name="Hidden Signer")
    assert "Hidden Signer" in client.get("/open-letter/signatures/").content.decode()
    press(signature, "set/hide/")
    page = client.get("/open-letter/signatures/").content.decode()
    assert ("Hidden Signer" in page, number()) == (False, 1)


@pytest.mark.parametrize("page", ["", *PAGES, "my-signature.json"])
def test_t01_opening_a_page_changes_nothing(client: Client, page: str) -> None:
    signature = make_published()
    before = Signature.objects.values().get()
    for _ in range(3):
        assert client.get(mine(signature, page)).status_code == 200
        assert client.head(mine(signature, page)).status_code == 200
    assert Signature.objects.values().get() == before
    assert (LedgerEntry.objects.count(), acts()) == (1, [])


@pytest.mark.parametrize("page", BUTTONS)
def test_a_button_cannot_be_pressed_by_opening_it(client: Client, page: str) -> None:
    assert client.get(mine(make_published(), page)).status_code == 405


@pytest.mark.parametrize("page", [*BUTTONS, *PAGES])
def test_t26_another_site_can_press_nothing(client: Client, page: str) -> None:
    signature = make_published()
    before = Signature.objects.values().get()
    answer = client.post(mine(signature, page), headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, Signature.objects.values().get()) == (403, before)


@pytest.mark.parametrize("page", ["", *BUTTONS, *PAGES, "my-signature.json"])
def test_t08_a_link_of_another_purpose_or_person_opens_nothing(client: Client, page: str) -> None:
    signature = make_published()
    token = tokens.make("signed", signature.public_id)
    for wrong in (token, "x", f"{mine(signature).split('/')[2]}x"):
        method = client.post if page in BUTTONS else client.get
        assert method(f"/s/{wrong}/{page}", headers=SAME_ORIGIN).status_code == 404


@pytest.mark.parametrize("page", ["", *PAGES, "my-signature.json"])
def test_t31_pages_with_a_token_are_kept_nowhere_and_pass_nothing_on(
    client: Client, page: str
) -> None:
    response = client.get(mine(make_published(), page))
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response["X-Robots-Tag"]
    assert not response.cookies


@pytest.mark.parametrize("page", ["withdraw/", "erase/"])
def test_t31_an_act_that_ends_the_link_leads_to_an_address_without_it(page: str) -> None:
    answer = press(make_published(), page)
    assert answer["Location"].startswith("/s/done/")
    assert Client().get(answer["Location"]).status_code == 200


def test_an_unknown_act_is_no_page(client: Client) -> None:
    assert press(make_published(), "set/publish/").status_code == 404
    assert client.get("/s/done/nothing/").status_code == 404


@pytest.mark.parametrize("page", ["set/hide/", "correct/", "withdraw/"])
def test_what_cannot_be_done_any_more_has_a_page_with_a_way_on(page: str) -> None:
    signature = make_signature(state=S.EXPIRED)
    answer = press(signature, page, name="Suzie")
    assert answer.status_code == 409
    assert "Back to my signature" in answer.content.decode()


@pytest.mark.parametrize("mails", [1, 20])
def test_it_costs_the_same_however_many_mails_there_were(
    mails: int, django_assert_max_num_queries: object
) -> None:
    signature = make_published()
    row = OutgoingMail.objects.get()
    for copy in range(mails):
        row.pk, row.dedupe_key = None, f"copy {copy}"
        row.pk = OutgoingMail._meta.get_field("id").get_default()
        row.save(force_insert=True)
    look(signature)
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        look(signature)


def test_german_signatories_read_german(client: Client) -> None:
    make_letter(slug="offen", texts={"en": ("One", "One."), "de": ("Eins", "Eins.")})
    signature = make_published(language="de")
    page = client.get(f"/de{mine(signature)}").content.decode()
    assert 'lang="de"' in page
    assert "Meine Unterschrift" in page
