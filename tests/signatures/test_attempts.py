"""T52: who knows an address neither keeps its owner from signing nor signs in their name."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from openletter.letters.models import Letter
from openletter.lib import tokens
from openletter.mail.models import OutgoingMail
from openletter.mail.outbox import delivery
from openletter.mail.outbox.kinds import Owed, kind_named
from openletter.signatures import confirmation, error_pages, reminders, signing
from openletter.signatures.inbox import typed_form
from openletter.signatures.models import FormSubmission, Signature
from tests.conftest import form_for
from tests.factories import make_letter, make_published, make_signature
from tests.signatures.attempt_steps import OWNER, STRANGER, sign, type_code
from tests.steps import SAME_ORIGIN, SUZIE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("behind_one_proxy")]


def later(*, minutes: int) -> None:
    """Let time pass for everything that was owed and sent."""
    passed = timedelta(minutes=minutes)
    for mail in OutgoingMail.objects.all():
        mail.first_due_at -= passed
        mail.due_at -= passed
        mail.sent_at = mail.sent_at and mail.sent_at - passed
        mail.save()
    for one in Signature.objects.all():
        one.asked_at -= passed
        one.save()


def deliver(mailoutbox: list[Any]) -> str:
    """Send what is due; return the code in the newest mail."""
    assert delivery.deliver_due("confirm") == 1
    return code_in(mailoutbox[-1])


def code_in(message: Any) -> str:
    found = re.search(r"^\s+(\d{6})$", message.body, re.MULTILINE)
    assert found
    return found[1]


def named(name: str) -> Signature:
    return Signature.objects.get(name=name)


def states() -> dict[str, str]:
    return dict(Signature.objects.order_by("pk").values_list("name", "state"))


# --- Room for the newest ------------------------------------------------------------------------


def test_t52_the_newest_attempt_takes_the_place_of_the_oldest(letter: Letter) -> None:
    for name in "ABCDE":
        sign(letter, seen=STRANGER, name=f"Not Suzie {name}")
    sign(letter, name="Suzie Signer")
    assert states() == {
        "Not Suzie A": "expired",
        **{f"Not Suzie {name}": "pending" for name in "BCDE"},
        "Suzie Signer": "pending",
    }


def test_t52_what_a_mail_speaks_of_is_replaced_last(letter: Letter, mailoutbox: list[Any]) -> None:
    inbox = sign(letter, name="Suzie Signer")
    code = deliver(mailoutbox)
    for name in "ABCDEFGH":
        sign(letter, seen=STRANGER, name=f"Not Suzie {name}")
    assert named("Suzie Signer").state == "pending"
    assert Signature.objects.filter(state="pending").count() == signing.MOST_PENDING
    assert type_code(inbox, code).status_code == 302
    assert named("Suzie Signer").state == "published"


def test_t52_attempts_on_other_letters_and_of_other_addresses_are_left_alone(
    letter: Letter,
) -> None:
    elsewhere = make_signature(make_letter(slug="other"), email=SUZIE)
    somebody = make_signature(letter, email="somebody@example.org")
    for name in "ABCDEF":
        sign(letter, name=f"Suzie {name}")
    for one in (elsewhere, somebody):
        one.refresh_from_db()
        assert one.state == "pending"


def test_t52_a_counted_signature_stays_whatever_is_sent(letter: Letter) -> None:
    mine = make_published(letter, email=SUZIE)
    for name in "ABCDEF":
        sign(letter, seen=STRANGER, name=f"Not Suzie {name}")
    mine.refresh_from_db()
    assert (mine.state, Signature.objects.count()) == ("published", 1)


# --- Mails speak of the newest ------------------------------------------------------------------


def test_t52_a_mail_that_waits_is_about_the_newest_attempt(
    letter: Letter, mailoutbox: list[Any]
) -> None:
    sign(letter, seen=STRANGER, name="Not Suzie")
    inbox = sign(letter, name="Suzie Signer")
    code = deliver(mailoutbox)
    assert code == confirmation.confirmation_code(named("Suzie Signer"))
    type_code(inbox, code)
    assert states() == {"Not Suzie": "expired", "Suzie Signer": "published"}


def test_a_mail_that_waits_is_in_the_language_of_the_newest_form(letter: Letter) -> None:
    sign(letter)
    newest = form_for(letter, name="Suzie Signer")
    Client().post(f"/de/{letter.slug}/sign/", newest, headers=SAME_ORIGIN)
    assert set(OutgoingMail.objects.values_list("language", flat=True)) == {"de"}


def test_t52_so_is_one_whose_attempt_was_replaced_while_it_was_tried(letter: Letter) -> None:
    older = make_signature(letter, email=SUZIE, state="expired")
    newer = make_signature(letter, email=SUZIE)
    context = kind_named("signatures.confirm").context(Owed(older.public_id))
    assert context
    assert context["code"] == confirmation.confirmation_code(newer)


def test_t52_a_mail_says_nothing_once_no_attempt_waits(letter: Letter) -> None:
    attempt = make_signature(letter, email=SUZIE, state="expired")
    make_signature(letter, email="somebody@example.org")
    make_signature(make_letter(slug="other"), email=SUZIE)
    assert kind_named("signatures.confirm").context(Owed(attempt.public_id)) is None


def test_t06_the_mail_names_the_time_of_the_form_and_no_word_of_it(
    letter: Letter, mailoutbox: list[Any]
) -> None:
    Letter.objects.update(asks_comment=True, asks_affiliation=True, asks_title=True)
    fields = {
        "name": "Zaubernuss",
        "affiliation": "Eisenbahn",
        "comment": "Haselwurz",
        "title": "Ulme",
    }
    sign(letter, **fields)
    at = timezone.now().replace(year=2026, month=2, day=3, hour=14, minute=5)
    Signature.objects.update(created_at=at)
    deliver(mailoutbox)
    (message,) = mailoutbox
    html = message.alternatives[0][0]
    for text in (message.subject, message.body, html):
        assert not any(word in text for word in fields.values())
    assert "14:05" in message.body
    assert "14:05" in html


def test_t52_only_the_newest_attempt_is_reminded_of(letter: Letter) -> None:
    older = make_signature(letter, email=SUZIE, asked_at=timezone.now() - timedelta(hours=30))
    newer = make_signature(letter, email=SUZIE, asked_at=timezone.now() - timedelta(hours=26))
    reminders.remind(now=timezone.now())
    assert list(OutgoingMail.objects.values_list("about", flat=True)) == [newer.public_id]
    older.refresh_from_db()
    assert older.reminders == 1  # it had its turn, and is not read again


def test_sending_again_is_about_the_attempt_of_the_page(
    letter: Letter, mailoutbox: list[Any]
) -> None:
    inbox = sign(letter, name="Suzie Signer")
    deliver(mailoutbox)
    later(minutes=4)
    sign(letter, seen=STRANGER, name="Not Suzie")
    deliver(mailoutbox)
    later(minutes=4)
    Client().post(inbox.replace("/inbox/", "/resend/"), headers=SAME_ORIGIN)
    assert deliver(mailoutbox) == confirmation.confirmation_code(named("Suzie Signer"))


# --- Any code that was mailed, on any page of the address ----------------------------------------


def test_the_code_of_the_first_mail_is_good_on_the_page_of_a_second_press(
    letter: Letter, mailoutbox: list[Any]
) -> None:
    sign(letter)
    code = deliver(mailoutbox)
    assert type_code(sign(letter), code).status_code == 302
    assert list(Signature.objects.order_by("pk").values_list("state", flat=True)) == [
        "expired",
        "published",
    ]


def test_a_corrected_name_is_what_the_first_code_confirms_by_one_more_press(
    letter: Letter, mailoutbox: list[Any]
) -> None:
    """Back and a corrected name: only one mail has come so far, and it is about the wrong one."""
    sign(letter, name="Suzie Sinner")
    code = deliver(mailoutbox)
    corrected, first = type_code(sign(letter, name="Suzie Signer"), code).context["attempts"]
    assert first["signer"].name == "Suzie Sinner"
    Client().post(corrected["url"], headers=SAME_ORIGIN)
    assert states() == {"Suzie Sinner": "expired", "Suzie Signer": "published"}


# What tells nothing about who sent a form: how many proxies are counted, and what both bring along.
NO_EVIDENCE = {
    "nobody counted the proxies": (0, OWNER, STRANGER),
    "both networks are no address": (1, "garbage", "garbage too"),
    "a whole university has one address": (1, OWNER, OWNER),
}


@pytest.mark.parametrize("case", NO_EVIDENCE)
def test_t52_from_the_network_of_its_owner_other_words_are_shown_first_too(
    letter: Letter, mailoutbox: list[Any], settings: Any, case: str
) -> None:
    settings.TRUSTED_PROXIES, owner, stranger = NO_EVIDENCE[case]
    sign(letter, seen=stranger, name="Evil Words")
    code = deliver(mailoutbox)
    answer = type_code(sign(letter, seen=owner, name="Suzie Signer"), code)
    assert answer.status_code == 200
    assert [one["signer"].name for one in answer.context["attempts"]] == [
        "Suzie Signer",
        "Evil Words",
    ]
    assert set(states().values()) == {"pending"}


def test_t52_the_same_words_are_confirmed_with_the_wishes_of_this_pages_form(
    letter: Letter, mailoutbox: list[Any]
) -> None:
    """A stranger may have ticked what the owner did not: mails, and a name that stays for good."""
    sign(letter, seen=STRANGER, updates="on", retain_name="on")
    code = deliver(mailoutbox)
    assert type_code(sign(letter), code).status_code == 302
    published = Signature.objects.get(state="published")
    assert (published.wants_updates, published.retain_name) == (False, False)


def test_t52_another_senders_words_are_shown_before_they_are_confirmed(
    letter: Letter, mailoutbox: list[Any]
) -> None:
    sign(letter, seen=STRANGER, name="Not Suzie")
    code = deliver(mailoutbox)
    inbox = sign(letter, name="Suzie Signer")
    answer = type_code(inbox, code)
    mine, theirs = answer.context["attempts"]
    assert (mine["signer"].name, theirs["signer"].name) == ("Suzie Signer", "Not Suzie")
    assert states() == {"Not Suzie": "pending", "Suzie Signer": "pending"}
    assert Client().get(mine["url"]).status_code == 405
    Client().post(mine["url"], headers=SAME_ORIGIN)
    assert states() == {"Not Suzie": "expired", "Suzie Signer": "published"}
    assert named("Suzie Signer").confirmed_by == "code"


def test_t52_whoever_meant_the_other_words_can_choose_them_too(
    letter: Letter, mailoutbox: list[Any]
) -> None:
    sign(letter, seen=STRANGER, name="Suzie at work")
    code = deliver(mailoutbox)
    _mine, theirs = type_code(sign(letter, name="Suzie Signer"), code).context["attempts"]
    assert Client().get(theirs["correct_url"]).status_code == 200
    assert Client().post(theirs["url"], headers=SAME_ORIGIN).status_code == 302
    assert named("Suzie at work").state == "published"


def test_t52_the_same_words_from_elsewhere_need_no_choice(
    letter: Letter, mailoutbox: list[Any]
) -> None:
    sign(letter, seen=STRANGER, name="Suzie Signer")
    code = deliver(mailoutbox)
    assert type_code(sign(letter, name="Suzie Signer"), code).status_code == 302
    assert Signature.objects.filter(state="published").count() == 1


def test_t52_a_code_whose_attempt_was_replaced_proves_the_address_all_the_same(
    letter: Letter, mailoutbox: list[Any]
) -> None:
    sign(letter, seen=STRANGER, name="Not Suzie")
    code = deliver(mailoutbox)
    inbox = sign(letter, name="Suzie Signer")
    Signature.objects.filter(name="Not Suzie").update(state="expired")
    (mine,) = type_code(inbox, code).context["attempts"]
    assert mine["signer"].name == "Suzie Signer"


def test_a_code_of_more_than_seven_days_ago_confirms_nothing(letter: Letter) -> None:
    old = make_signature(letter, email=SUZIE, asked_at=timezone.now() - timedelta(days=8))
    inbox = sign(letter, name="Suzie Newer")
    assert type_code(inbox, confirmation.confirmation_code(old)).status_code == 410
    assert set(states().values()) == {"pending"}


def test_a_code_is_good_twice_for_who_presses_twice(letter: Letter, mailoutbox: list[Any]) -> None:
    inbox = sign(letter)
    code = deliver(mailoutbox)
    first, second = type_code(inbox, code), type_code(inbox, code)
    assert first["Location"] == second["Location"]


def test_the_code_for_another_letter_or_address_is_wrong(letter: Letter) -> None:
    inbox = sign(letter)
    other_letter = make_signature(make_letter(slug="other"), email=SUZIE)
    other_address = make_signature(letter, email="somebody@example.org")
    for attempt in (other_letter, other_address):
        assert type_code(inbox, confirmation.confirmation_code(attempt)).status_code == 422


def test_a_page_of_before_addresses_were_carried_takes_the_same_codes(letter: Letter) -> None:
    first, second = (make_signature(letter, email=SUZIE) for _ in range(2))
    token = typed_form.inbox_token(second.public_id, letter.public_id)
    type_code(f"/s/{token}/inbox/", confirmation.confirmation_code(first))
    second.refresh_from_db()
    assert second.state == "published"


# --- What was confirmed is said -----------------------------------------------------------------


def test_t52_the_page_after_and_the_receipt_say_which_words(
    client: Client, letter: Letter, mailoutbox: list[Any]
) -> None:
    words: dict[str, Any] = {
        "name": "Ågot Öberg",
        "title": "Tischlerin",
        "affiliation": "Archiv",
        "comment": "Genau",
    }
    attempt = make_signature(letter, email=SUZIE, show_name=False, **words)
    token = tokens.make("confirm", attempt.public_id)
    page = client.post(f"/s/{token}/confirm/", headers=SAME_ORIGIN, follow=True).content.decode()
    delivery.deliver_due("confirm")
    (receipt,) = mailoutbox
    for word in words.values():
        assert word in page
        assert word in receipt.body
        assert word in receipt.alternatives[0][0]


def test_the_page_after_names_later_only_who_is_named_in_public(client: Client) -> None:
    hidden, shown = make_published(name="Hid Den", show_name=False), make_published(name="Sho Wn")
    Signature.objects.update(confirmed_at=timezone.now() - timedelta(hours=1))
    pages = {
        one.name: client.get(f"/s/{error_pages.signed_token(one)}/signed/").content.decode()
        for one in (hidden, shown)
    }
    assert "Hid Den" not in pages["Hid Den"]
    assert "Sho Wn" in pages["Sho Wn"]


def test_the_confirm_page_leads_to_where_a_mistake_is_put_right_and_back(client: Client) -> None:
    attempt = make_signature(name="Suzie Sinner")
    token = tokens.make("confirm", attempt.public_id)
    correct_url = client.get(f"/s/{token}/confirm/").context["correct_url"]
    assert client.get(correct_url).status_code == 200
    answer = client.post(correct_url, {"name": "Suzie Signer"}, headers=SAME_ORIGIN, follow=True)
    assert answer.redirect_chain[-1][0] == f"/s/{token}/confirm/?done=correct"
    assert "Suzie Signer" in answer.content.decode()
    attempt.refresh_from_db()
    assert (attempt.name, attempt.state) == ("Suzie Signer", "pending")


def test_the_confirm_page_shows_every_word_that_will_be_public(client: Client) -> None:
    words: dict[str, Any] = {
        "name": "Ågot",
        "title": "Tischlerin",
        "affiliation": "Archiv",
        "comment": "Genau so",
    }
    attempt = make_signature(country="IS", kind="organisation", **words)
    page = client.get(f"/s/{tokens.make('confirm', attempt.public_id)}/confirm/").content.decode()
    for word in (*words.values(), "Iceland", "organisation"):
        assert word in page


def test_forms_are_known_by_a_hash_of_their_network(letter: Letter) -> None:
    sign(letter)
    assert len(bytes(FormSubmission.objects.get().network_key or b"")) == 32
