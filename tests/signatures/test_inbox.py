"""The page that waits for the mail: the address that was typed, the form back, and the way back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from openletter.letters.models import Letter
from openletter.lib import tokens
from openletter.lib.addresses import email_key
from openletter.mail import delivery
from openletter.mail.models import OutgoingMail, SuppressedAddress
from openletter.signatures import form_limits
from openletter.signatures import typed as typed_module
from openletter.signatures.models import Signature
from tests.asking import fields_in
from tests.factories import make_published

pytestmark = pytest.mark.django_db
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
SUZIE = "suzie@example.org"


def press(inbox: str, page: str) -> Any:
    return Client().post(inbox.replace("/inbox/", f"/{page}/"), headers=SAME_ORIGIN)


def stop(email: str = SUZIE, *, reason: str = "stop", topic: str = "") -> None:
    SuppressedAddress.objects.create(
        email_key=email_key(email), topic=topic, reason=reason, at=timezone.now()
    )


def kinds() -> list[str]:
    return list(OutgoingMail.objects.order_by("pk").values_list("kind", flat=True))


def test_the_page_shows_the_address_that_was_typed(client: Client, sign: Any) -> None:
    inbox = sign(email="Suzie+Letters@Example.org")["Location"]
    assert "Suzie+Letters@example.org" in client.get(inbox).content.decode()


def test_an_address_in_other_letters_is_shown_as_it_was_typed(client: Client, sign: Any) -> None:
    inbox = sign(email="suzie@bücher.example.org")["Location"]
    page = client.get(inbox).content.decode()
    assert "suzie@bücher.example.org" in page
    assert "xn--" not in page
    again = client.get(inbox.replace("/inbox/", "/form/")).context["form"]
    assert again["email"].value() == "suzie@bücher.example.org"
    assert Signature.objects.get().email == "suzie@xn--bcher-kva.example.org"


def test_no_personal_word_stands_in_an_address(client: Client, sign: Any) -> None:
    inbox = sign(name="Zaubernuss", email="haselwurz@example.org")["Location"]
    page = client.get(inbox).content.decode()
    addresses = [inbox, *(part.partition('"')[0] for part in page.split('href="')[1:])]
    assert not any("aubernuss" in one or "haselwurz" in one for one in addresses)


def test_the_form_comes_back_as_it_was_filled_in_but_for_the_consent(
    client: Client, sign: Any, letter: Letter
) -> None:
    Letter.objects.update(
        asks_title=True, asks_affiliation=True, asks_country=True, asks_comment=True
    )
    words = {
        "name": "Ågot Öberg",
        "email": "aagot@exampel.org",
        "title": "Tischlerin",
        "affiliation": "Das <Archiv>",
        "country": "IS",
        "comment": "Genau so,\nund nicht anders.",
    }
    inbox = sign(**words, updates="on", email_asked="aagot@exampel.org")["Location"]
    answer = client.get(inbox.replace("/inbox/", "/form/"))
    form = answer.context["form"]
    assert {field: form[field].value() for field in words} == words
    assert form["stamp"].value()
    sent = fields_in(answer.content.decode())
    assert {field for field, value in sent.items() if value == "on"} == {"show_name", "updates"}
    assert answer.context["is_given_back"]  # and so it says what is to be done


@pytest.mark.parametrize("ticked", [(), ("keeps_name",), ("show_name", "keeps_name", "updates")])
def test_the_boxes_come_back_as_they_were_ticked(
    client: Client, sign: Any, ticked: tuple[str, ...]
) -> None:
    inbox = sign(**{"show_name": "", **dict.fromkeys(ticked, "on")})["Location"]
    page = client.get(inbox.replace("/inbox/", "/form/")).content.decode()
    assert {field for field, value in fields_in(page).items() if value == "on"} == set(ticked)


def test_the_form_that_came_back_can_be_sent(client: Client, sign: Any, letter: Letter) -> None:
    inbox = sign(email="suzie@exampel.org", email_asked="suzie@exampel.org")["Location"]
    form = client.get(inbox.replace("/inbox/", "/form/")).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields}
    again = {**typed, "email": SUZIE, "consent": "on"}
    again = {name: value for name, value in again.items() if value}
    assert client.post(f"/{letter.slug}/sign/", again, headers=SAME_ORIGIN).status_code == 302
    assert Signature.objects.filter(email_key=email_key(SUZIE)).count() == 1


def test_nothing_is_stored_by_looking_at_it(client: Client, sign: Any, letter: Letter) -> None:
    make_published(letter, email=SUZIE)
    inbox = sign()["Location"]
    before = (Signature.objects.count(), OutgoingMail.objects.count())
    for page in ("inbox", "form"):
        assert client.get(inbox.replace("/inbox/", f"/{page}/")).status_code == 200
    assert (Signature.objects.count(), OutgoingMail.objects.count()) == before


def test_a_closed_letter_gives_no_form_back(client: Client, sign: Any) -> None:
    inbox = sign()["Location"]
    Letter.objects.update(state=Letter.State.CLOSED)
    assert client.get(inbox.replace("/inbox/", "/form/")).status_code == 410


def test_the_address_of_the_page_has_a_bound() -> None:
    longest = {
        "email": "x" * 64 + "@example.org",
        "name": "".join(chr(0x4E00 + 37 * number) for number in range(100)),
        "title": "".join(chr(0x5E00 + 41 * number) for number in range(100)),
        "affiliation": "".join(chr(0x6E00 + 43 * number) for number in range(150)),
        "comment": "".join(chr(0x1F300 + number) for number in range(500)),
    }
    sealed = typed_module.seal(longest)
    assert len(sealed) <= typed_module.LONGEST
    reference = tokens.Reference(UUID(int=1), None, 0, sealed)
    kept = typed_module.typed_of(reference)
    assert kept["email"] == longest["email"]
    assert kept["name"] == longest["name"]


def test_a_page_outlives_the_key_that_sealed_it(client: Client, sign: Any, settings: Any) -> None:
    settings.ENCRYPTION_KEYS = ["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="]
    inbox = sign()["Location"]
    settings.ENCRYPTION_KEYS = []
    page = client.get(inbox)
    assert page.status_code == 200
    assert SUZIE not in page.content.decode()


@pytest.mark.parametrize("page", ["form", "ask-to-resume", "choose", "resume"])
def test_unknown_tokens_get_the_page_with_a_way_on(client: Client, page: str) -> None:
    for method in (client.get, client.post):
        answer = method(f"/s/AAAA.BBBB/{page}/", headers=SAME_ORIGIN)
        assert answer.status_code in {404, 405}


# --- Another mail --------------------------------------------------------------------------------


def test_t47_whoever_has_signed_already_is_told_so_once_more(sign: Any, letter: Letter) -> None:
    make_published(letter, email=SUZIE)
    inbox = sign()["Location"]
    OutgoingMail.objects.update(state="sent")
    press(inbox, "resend")
    assert kinds().count("signatures.signed_already") == 2
    press(inbox, "resend")
    assert kinds().count("signatures.signed_already") == 2  # the last one has not left yet


def test_t47_asking_again_and_again_from_one_network_slows_its_mails(
    sign: Any, settings: Any
) -> None:
    settings.TRUSTED_PROXIES = 1
    number = form_limits.SEND_AGAIN.network.number
    inboxes = [
        sign(email=f"suzie@d{one}.example.org")["Location"] for one in range(number // 20 + 1)
    ]
    seen = {**SAME_ORIGIN, "X-Forwarded-For": "192.0.2.9"}
    for inbox in inboxes[:-1]:
        for _ in range(20):
            Client().post(inbox.replace("/inbox/", "/resend/"), headers=seen)
    OutgoingMail.objects.all().delete()
    Client().post(inboxes[-1].replace("/inbox/", "/resend/"), headers=seen)
    assert OutgoingMail.objects.get().due_at > timezone.now() + timedelta(seconds=30)


def test_t47_a_page_asks_for_so_many_mails_only(sign: Any) -> None:
    inbox = sign()["Location"]
    for _ in range(form_limits.SEND_AGAIN.subject.number):
        press(inbox, "resend")
    OutgoingMail.objects.all().delete()
    assert press(inbox, "resend").status_code == 302
    assert kinds() == []


def test_f22_an_empty_cache_opens_none_of_it(sign: Any) -> None:
    inbox = sign()["Location"]
    for _ in range(form_limits.SEND_AGAIN.subject.number):
        press(inbox, "resend")
        cache.clear()
    OutgoingMail.objects.all().delete()
    press(inbox, "resend")
    assert kinds() == []


# --- The way back for an address that stopped all mail -------------------------------------------


def test_an_address_that_stopped_all_mail_can_ask_for_one(
    client: Client, sign: Any, mailoutbox: list[Any]
) -> None:
    stop()
    inbox = sign()["Location"]
    assert delivery.deliver_due("confirm") == 0
    press(inbox, "ask-to-resume")
    assert delivery.deliver_due("confirm") == 1
    (message,) = mailoutbox
    (link,) = [line for line in message.body.splitlines() if line.endswith("/resume/")]
    path = "/" + link.split("/", 3)[3]
    assert client.get(path).status_code == 200
    assert SuppressedAddress.objects.exists()  # opening it changes nothing (T01)
    answer = client.post(path, headers=SAME_ORIGIN)
    assert not SuppressedAddress.objects.exists()
    assert client.get(answer["Location"]).context["signer"].email == SUZIE
    client.post(answer["Location"], headers=SAME_ORIGIN)
    assert Signature.objects.get().state == "published"
    assert delivery.deliver_due("confirm") == 1  # the receipt


def test_t04_it_can_be_asked_for_once_whoever_asks(sign: Any, mailoutbox: list[Any]) -> None:
    stop()
    for _ in range(3):
        press(sign()["Location"], "ask-to-resume")
    assert kinds().count("signatures.resume") == 1
    assert delivery.deliver_due("confirm") == 1


def test_who_stops_once_more_after_that_can_come_back_once_more(sign: Any) -> None:
    stop()
    press(sign()["Location"], "ask-to-resume")
    SuppressedAddress.objects.all().delete()
    stop()
    press(sign()["Location"], "ask-to-resume")
    assert kinds().count("signatures.resume") == 2


@pytest.mark.parametrize("reason", ["complaint", "bounce", "not_me"])
def test_other_reasons_to_send_nothing_stand(sign: Any, reason: str) -> None:
    stop(reason=reason)
    press(sign()["Location"], "ask-to-resume")
    assert "signatures.resume" not in kinds()


def test_nor_is_it_sent_about_a_letter_on_which_it_was_not_them(
    sign: Any, letter: Letter, mailoutbox: list[Any]
) -> None:
    stop()
    stop(reason="not_me", topic=letter.topic)
    press(sign()["Location"], "ask-to-resume")
    assert delivery.deliver_due("confirm") == 0


def test_an_address_that_stopped_nothing_gets_none(sign: Any) -> None:
    press(sign()["Location"], "ask-to-resume")
    assert kinds() == ["signatures.confirm"]


def test_whoever_signed_already_uses_nothing_up(sign: Any, letter: Letter) -> None:
    make_published(letter, email=SUZIE)
    stop()
    press(sign()["Location"], "ask-to-resume")
    assert SuppressedAddress.objects.get().excepted_at is None


def test_t26_another_site_can_press_none_of_it(sign: Any) -> None:
    inbox = sign()["Location"]
    for page in ("ask-to-resume", "resend", "code"):
        path = inbox.replace("/inbox/", f"/{page}/")
        assert Client().post(path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
