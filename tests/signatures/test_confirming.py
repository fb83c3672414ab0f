"""The link's page, its button, and the code: what confirms, what does not, what is said."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from openletter.ledger.models import LedgerEntry, Tally
from openletter.letters.models import Letter
from openletter.lib import tokens
from openletter.mail.limits import recipient_limits
from openletter.mail.models import OutgoingMail, SuppressedAddress
from openletter.self_service import mail_choices
from openletter.signatures import confirmation, judgement, signing
from openletter.signatures.inbox import typed_form
from openletter.signatures.models import CodeAttempt, Signature
from tests.factories import make_letter, make_published, make_signature
from tests.steps import SAME_ORIGIN, inbox_of, link, press, state_of, type_code

pytestmark = pytest.mark.django_db


def test_t01_a_link_scanner_does_not_confirm(client: Client) -> None:
    signature = make_signature()
    for _ in range(20):
        assert client.get(link(signature)).status_code == 200
    for _ in range(5):
        assert client.head(link(signature)).status_code == 200
    assert state_of(signature) == "pending"
    press(link(signature), client=client)
    assert state_of(signature) == "published"


def test_the_page_of_the_link_shows_what_is_signed_and_under_which_name(client: Client) -> None:
    signature = make_signature(name="Ågot Öberg", affiliation="Nordhavn Archive")
    page = client.get(link(signature)).content.decode()
    assert all(words in page for words in ("A letter", "Ågot Öberg", "Nordhavn Archive"))


def test_the_button_leads_to_the_signatorys_number(client: Client, letter: Letter) -> None:
    for _ in range(3):
        make_published(letter)
    response = press(link(make_signature(letter)), client=client)
    page = client.get(response["Location"])
    assert page.context["number"] == 4
    assert page.context["share"]


def test_t10_a_second_click_leads_to_the_same_page_and_counts_once(client: Client) -> None:
    signature = make_signature()
    first, second = press(link(signature), client=client), press(link(signature), client=client)
    assert first["Location"] == second["Location"]
    assert LedgerEntry.objects.count() == 1
    assert client.get(link(signature)).status_code == 200  # "You have confirmed already"


def test_the_code_confirms_like_the_button(client: Client) -> None:
    signature = make_signature()
    code = confirmation.confirmation_code(signature)
    response = type_code(inbox_of(signature), f" {code[:3]} {code[3:]} ", client=client)
    assert response.status_code == 302
    assert state_of(signature) == "published"


def test_a_wrong_code_says_so_and_five_of_them_lock_it(client: Client) -> None:
    signature = make_signature()
    right = confirmation.confirmation_code(signature)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    for _ in range(5):
        response = type_code(inbox_of(signature), wrong, client=client)
        assert (response.status_code, response.context["problem"]) == (422, "wrong_code")
    locked = type_code(inbox_of(signature), right, client=client)
    assert locked.context["problem"] == "too_many_tries"
    assert state_of(signature) == "pending"
    press(link(signature), client=client)  # the link still works
    assert state_of(signature) == "published"


def test_t07_a_reference_without_a_row_answers_wrong_codes_alike(
    client: Client, letter: Letter
) -> None:
    stranger = Signature(public_id=make_signature(letter).public_id, letter=letter)
    Signature.objects.all().delete()
    answers = [
        type_code(inbox_of(stranger), "000000", client=client).context["problem"] for _ in range(6)
    ]
    assert answers == ["wrong_code"] * 5 + ["too_many_tries"]
    assert CodeAttempt.objects.get().tries <= 6


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥", "12345⅐"])
def test_what_is_no_code_costs_no_try(client: Client, code: str) -> None:
    assert type_code(inbox_of(make_signature()), code, client=client).status_code == 422
    assert not CodeAttempt.objects.exists()


def test_an_expired_link_offers_a_new_mail(client: Client) -> None:
    signature = make_signature(asked_at=timezone.now() - timedelta(days=7, minutes=6))
    response = client.get(link(signature))
    (send, _read) = response.context["notice"]["actions"]
    assert (response.status_code, send["method"]) == (410, "post")
    assert press(link(signature), client=client).status_code == 410
    client.post(send["url"], headers=SAME_ORIGIN)
    assert OutgoingMail.objects.count() == 1
    assert client.get(link(signature)).status_code == 200  # asked for again, it is good again


def test_an_expired_link_is_good_again_when_no_more_mail_may_be_sent(client: Client) -> None:
    signature = make_signature(asked_at=timezone.now() - timedelta(days=8))
    for number in range(recipient_limits.FOR_UNVERIFIED.ever_per_topic):
        signing.enqueue_mail(
            signature,
            "signatures.reminder",
            about=signature.public_id,
            now=timezone.now() - timedelta(days=20 - number),
            copy=number,
        )
    OutgoingMail.objects.update(state="sent")
    token = tokens.make("confirm", signature.public_id)
    answer = client.post(f"/s/{token}/renew/", headers=SAME_ORIGIN)
    assert answer["Location"] == link(signature)
    assert client.get(link(signature)).status_code == 200


def test_who_has_no_link_cannot_renew_one(client: Client) -> None:
    signature = make_signature(asked_at=timezone.now() - timedelta(days=8))
    inbox = typed_form.inbox_token(signature.public_id, signature.letter.public_id)
    assert client.post(f"/s/{inbox}/renew/", headers=SAME_ORIGIN).status_code == 404
    assert client.get(link(signature)).status_code == 410


def test_who_said_it_was_not_them_is_not_sent_round_in_circles(client: Client) -> None:
    signature = make_signature()
    mail_choices.not_me(signature, now=timezone.now())
    answer = client.get(link(signature))
    assert answer.status_code == 410
    assert "use another address" in answer.content.decode()


def test_who_stopped_all_mail_is_led_to_the_way_back(client: Client) -> None:
    signature = make_signature(state="expired")
    mail_choices.stop_all_mail(signature, now=timezone.now())
    page = client.get(link(signature)).content.decode()
    assert "the button “Send me e-mails again”" in page
    assert "use another address" not in page


@pytest.mark.parametrize("reason", ["bounce", "complaint"])
def test_an_address_that_takes_no_mail_is_led_to_another(client: Client, reason: str) -> None:
    signature = make_signature(state="expired")
    SuppressedAddress.objects.create(
        email_key=signature.email_key, topic="", reason=reason, at=timezone.now()
    )
    page = client.get(link(signature)).content.decode()
    assert "use another address" in page
    assert "Send me e-mails again" not in page


def test_i10_a_letter_closed_for_more_than_a_day_takes_no_confirmation(client: Client) -> None:
    hours_ago = timezone.now() - timedelta(hours=25)
    letter = make_letter(state=Letter.State.CLOSED, closes_at=hours_ago)
    signature = make_signature(letter)
    assert client.get(link(signature)).status_code == 410
    assert press(link(signature), client=client).status_code == 410
    assert state_of(signature) == "pending"


@pytest.mark.parametrize("closes_in", [None, timedelta(days=1)])
def test_i10_a_closed_letter_without_a_past_end_takes_no_confirmation(
    client: Client, closes_in: timedelta | None
) -> None:
    closes_at = None if closes_in is None else timezone.now() + closes_in
    signature = make_signature(make_letter(state=Letter.State.CLOSED, closes_at=closes_at))
    assert client.get(link(signature)).status_code == 410
    assert press(link(signature), client=client).status_code == 410
    assert state_of(signature) == "pending"


def test_a_mail_in_the_post_when_the_letter_closes_still_counts(client: Client) -> None:
    letter = make_letter(closes_at=timezone.now() - timedelta(hours=1))
    signature = make_signature(letter)
    assert press(link(signature), client=client).status_code == 302
    assert state_of(signature) == "published"


def test_an_unknown_token_gets_a_page_with_a_way_on(client: Client) -> None:
    good = link(make_signature())
    for path in ("/s/x/confirm/", good.replace("/confirm/", "x/confirm/"), "/s/AAAA.BBBB/inbox/"):
        response = client.get(path)
        assert response.status_code == 404
        assert response.context["notice"]["actions"]


def test_t42_a_link_of_an_earlier_generation_confirms_nothing(client: Client) -> None:
    signature = make_signature()
    old = link(signature)
    Signature.objects.update(generation=1)
    assert client.get(old).status_code == client.post(old).status_code == 410
    assert state_of(signature) == "pending"


def test_a_token_serves_its_own_purpose_only(client: Client) -> None:
    token = link(make_signature()).split("/")[2]
    for page in ("inbox", "signed"):
        assert client.get(f"/s/{token}/{page}/").status_code == 404


def test_the_first_confirmed_attempt_wins_and_the_rest_expire(
    client: Client, letter: Letter
) -> None:
    attempts = [make_signature(letter, email="suzie@example.org") for _ in range(3)]
    press(link(attempts[1]), client=client)
    assert [state_of(one) for one in attempts] == ["expired", "published", "expired"]
    assert press(link(attempts[0]), client=client).status_code == 410


def test_the_database_lets_an_address_count_once(letter: Letter) -> None:
    """T09: even when an attempt slips in between, the unique constraint decides."""
    attempt = make_signature(letter, email="suzie@example.org")
    make_published(letter, email="suzie@example.org")
    Signature.objects.filter(pk=attempt.pk).update(state="pending")
    with pytest.raises(judgement.SignedAlready):
        confirmation.confirm(attempt, now=timezone.now())
    assert Tally.objects.get().people == 1


def test_a_reviewed_letter_holds_what_is_confirmed(client: Client) -> None:
    signature = make_signature(make_letter(policy=Letter.Policy.AFTER_REVIEW))
    page = client.get(press(link(signature), client=client)["Location"])
    assert (page.context["held"], page.context["number"]) == (True, None)
    assert state_of(signature) == "held"
    assert not Tally.objects.exists()


def test_t21_a_name_of_mixed_scripts_is_held(client: Client) -> None:
    signature = make_signature(name="Υann LеCun")  # Greek and Cyrillic look-alikes
    press(link(signature), client=client)
    signature.refresh_from_db()
    assert (signature.state, signature.held_because) == ("held", "mixed scripts")


def test_t26_another_site_cannot_press_the_button(client: Client) -> None:
    signature = make_signature()
    response = client.post(link(signature), headers={"Sec-Fetch-Site": "cross-site"})
    assert (response.status_code, state_of(signature)) == (403, "pending")


def test_a_new_mail_can_be_asked_for_while_none_is_on_its_way(client: Client, sign: Any) -> None:
    inbox = sign()["Location"]
    resend = inbox.replace("/inbox/", "/resend/")
    client.post(resend, headers=SAME_ORIGIN)
    assert OutgoingMail.objects.count() == 1  # the first one has not left yet
    OutgoingMail.objects.update(state="sent")
    response = client.post(resend, headers=SAME_ORIGIN)
    assert OutgoingMail.objects.count() == 2
    assert client.get(response["Location"]).status_code == 200


@pytest.mark.parametrize("page", ["code", "resend"])
def test_pages_that_act_do_not_answer_get(client: Client, page: str) -> None:
    signature = make_signature()
    token = typed_form.inbox_token(signature.public_id, signature.letter.public_id)
    assert client.get(f"/s/{token}/{page}/").status_code == 405


def test_old_attempts_expire(letter: Letter) -> None:
    old = make_signature(letter, asked_at=timezone.now() - timedelta(days=29))
    young = make_signature(letter, asked_at=timezone.now() - timedelta(days=27))
    assert confirmation.expire(now=timezone.now()) == 1
    assert (state_of(old), state_of(young)) == ("expired", "pending")
