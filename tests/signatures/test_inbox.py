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
from openletter.lib.people.addresses import email_key
from openletter.mail.limits import recipient_limits
from openletter.mail.models import OutgoingMail, SuppressedAddress
from openletter.mail.outbox import delivery
from openletter.signatures import confirmation
from openletter.signatures.abuse import form_limits
from openletter.signatures.inbox import typed_form as typed_module
from openletter.signatures.models import Signature
from tests.asking import fields_in
from tests.factories import make_published
from tests.steps import SAME_ORIGIN, SUZIE, press, type_code

pytestmark = pytest.mark.django_db


def ask(inbox: str, page: str) -> Any:
    """Press one of the buttons beside the code."""
    return press(inbox.replace("/inbox/", f"/{page}/"))


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
    assert form["form_token"].value()
    sent = fields_in(answer.content.decode())
    assert {field for field, value in sent.items() if value == "on"} == {"show_name", "updates"}
    assert answer.context["is_given_back"]  # and so it says what is to be done


@pytest.mark.parametrize("ticked", [(), ("retain_name",), ("show_name", "retain_name", "updates")])
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
    ask(inbox, "resend")
    assert kinds().count("signatures.signed_already") == 2
    ask(inbox, "resend")
    assert kinds().count("signatures.signed_already") == 2  # the last one has not left yet


@pytest.mark.slow
def test_t47_asking_again_and_again_from_one_network_slows_its_mails(
    sign: Any, settings: Any
) -> None:
    settings.TRUSTED_PROXIES = 1
    number = form_limits.SEND_AGAIN.network.number
    inboxes = [
        sign(email=f"suzie@d{one}.example.org")["Location"] for one in range(number // 20 + 2)
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
        ask(inbox, "resend")
    OutgoingMail.objects.all().delete()
    assert ask(inbox, "resend").status_code == 302
    assert kinds() == []


def test_f22_an_empty_cache_opens_none_of_it(sign: Any) -> None:
    inbox = sign()["Location"]
    for _ in range(form_limits.SEND_AGAIN.subject.number):
        ask(inbox, "resend")
        cache.clear()
    OutgoingMail.objects.all().delete()
    ask(inbox, "resend")
    assert kinds() == []


def test_what_is_said_of_another_mail_is_what_the_limits_are(client: Client, sign: Any) -> None:
    inbox = ask(sign()["Location"], "resend")["Location"]
    limit = recipient_limits.FOR_UNVERIFIED
    page = client.get(inbox).content.decode()
    assert f"at least {limit.apart // timedelta(minutes=1)} minutes between two e-mails" in page
    assert f"at most {limit.per_day_and_topic} a day about a letter" in page
    assert "It may take a few minutes" not in page


# --- The way back for an address that stopped all mail -------------------------------------------


def test_an_address_that_stopped_all_mail_can_ask_for_one(
    client: Client, sign: Any, mailoutbox: list[Any]
) -> None:
    stop()
    inbox = sign()["Location"]
    assert delivery.deliver_due("confirm") == 0
    ask(inbox, "ask-to-resume")
    assert delivery.deliver_due("confirm") == 1
    (message,) = mailoutbox
    (link,) = [line for line in message.body.splitlines() if line.endswith("/resume/")]
    path = "/" + link.split("/", 3)[3]
    assert client.get(path).status_code == 200
    assert SuppressedAddress.objects.exists()  # opening it changes nothing (T01)
    answer = client.post(path, headers=SAME_ORIGIN)
    assert not SuppressedAddress.objects.exists()
    page = client.get(answer["Location"])
    assert page.context["signer"].email == SUZIE
    assert "This site may write to you again." in page.content.decode()
    client.post(answer["Location"], headers=SAME_ORIGIN)
    assert Signature.objects.get().state == "published"
    assert delivery.deliver_due("confirm") == 1  # the receipt


def test_t04_it_can_be_asked_for_once_whoever_asks(sign: Any, mailoutbox: list[Any]) -> None:
    stop()
    for _ in range(3):
        ask(sign()["Location"], "ask-to-resume")
    assert kinds().count("signatures.resume") == 1
    assert delivery.deliver_due("confirm") == 1


def test_who_stops_once_more_after_that_can_come_back_once_more(sign: Any) -> None:
    stop()
    ask(sign()["Location"], "ask-to-resume")
    SuppressedAddress.objects.all().delete()
    stop()
    ask(sign()["Location"], "ask-to-resume")
    assert kinds().count("signatures.resume") == 2


@pytest.mark.parametrize("reason", ["complaint", "bounce", "not_me"])
def test_other_reasons_to_send_nothing_stand(sign: Any, reason: str) -> None:
    stop(reason=reason)
    ask(sign()["Location"], "ask-to-resume")
    assert "signatures.resume" not in kinds()


def test_nor_is_it_sent_about_a_letter_on_which_it_was_not_them(
    sign: Any, letter: Letter, mailoutbox: list[Any]
) -> None:
    stop()
    stop(reason="not_me", topic=letter.topic)
    ask(sign()["Location"], "ask-to-resume")
    assert delivery.deliver_due("confirm") == 0


def test_an_address_that_stopped_nothing_gets_none(sign: Any) -> None:
    ask(sign()["Location"], "ask-to-resume")
    assert kinds() == ["signatures.confirm"]


@pytest.mark.parametrize("state", ["published", "held"])
def test_who_counts_already_comes_back_to_their_signature(
    client: Client, sign: Any, letter: Letter, mailoutbox: list[Any], state: str
) -> None:
    Letter.objects.update(policy="after_review" if state == "held" else "at_once")
    mine = make_published(Letter.objects.get(), email=SUZIE)
    assert mine.state == state
    OutgoingMail.objects.all().delete()
    stop()
    ask(sign()["Location"], "ask-to-resume")
    assert delivery.deliver_due("confirm") == 1
    (message,) = mailoutbox
    (link,) = [line for line in message.body.splitlines() if line.endswith("/resume/")]
    path = "/" + link.split("/", 3)[3]
    assert "about to sign" not in client.get(path).content.decode()
    answer = client.post(path, headers=SAME_ORIGIN)
    assert not SuppressedAddress.objects.exists()
    assert answer["Location"] == f"/s/{tokens.make('mine', mine.public_id)}/?done=get-mail"
    assert "This site may write to you again." in client.get(answer["Location"]).content.decode()


def test_a_mail_for_what_waited_leads_on_when_it_counts_meanwhile(
    client: Client, sign: Any, letter: Letter, mailoutbox: list[Any]
) -> None:
    stop()
    ask(sign()["Location"], "ask-to-resume")
    delivery.deliver_due("confirm")
    confirmation.confirm(Signature.objects.select_related("letter").get(), now=timezone.now())
    (link,) = [line for line in mailoutbox[0].body.splitlines() if line.endswith("/resume/")]
    answer = client.post("/" + link.split("/", 3)[3], headers=SAME_ORIGIN)
    assert client.get(answer["Location"]).status_code == 200


def test_t04_who_counts_already_gets_one_only(sign: Any, letter: Letter) -> None:
    make_published(letter, email=SUZIE)
    stop()
    for _ in range(3):
        ask(sign()["Location"], "ask-to-resume")
    assert kinds().count("signatures.resume") == 1


AGAIN = "the button “Send me e-mails again”"


def test_the_same_words_lead_back_from_everywhere(client: Client, sign: Any) -> None:
    stop()
    inbox = sign()["Location"]
    attempt = Signature.objects.get()
    asked = ask(inbox, "ask-to-resume")["Location"]
    delivery.deliver_due("confirm")
    stopped = press(f"/s/{tokens.make('stop', attempt.public_id)}/stop/")
    pages = [
        *(client.get(path) for path in (inbox, asked, "/open-letter/my-signature/sent/")),
        *(client.get("/open-letter/my-signature/sent/?resume=1"), stopped),
    ]
    for page in pages:
        assert AGAIN in page.content.decode()
    for purpose in ("mine", "resume"):
        path = f"/s/{tokens.make(purpose, attempt.public_id)}/" + ("resume/" * (purpose != "mine"))
        assert "Send me e-mails again" in client.get(path).content.decode()


def test_t26_another_site_can_press_none_of_it(sign: Any) -> None:
    inbox = sign()["Location"]
    for page in ("ask-to-resume", "resend", "code"):
        path = inbox.replace("/inbox/", f"/{page}/")
        assert Client().post(path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_a_page_that_takes_no_more_codes_does_not_ask_for_one(client: Client, sign: Any) -> None:
    inbox = sign()["Location"]
    for _ in range(5):
        type_code(inbox, "000000")
    assert "type the code" in client.get(inbox).content.decode()
    answer = type_code(inbox, "000000")
    assert answer.context["problem"] == "too_many_tries"
    assert "type the code" not in answer.content.decode()


def test_the_page_says_to_everybody_what_it_wasnt_me_did(client: Client, sign: Any) -> None:
    inbox = sign()["Location"]
    before = client.get(inbox).content.decode()
    stop(reason="not_me", topic=Letter.objects.get().topic)
    assert client.get(inbox).content.decode() == before
    assert "please use another address" in before
