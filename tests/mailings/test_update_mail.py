"""The mail that carries an update: its language, its parts, and the ways out of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from unittest.mock import ANY

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.utils import timezone

from openletter.letters import publishing_updates
from openletter.letters.models import Letter, Update
from openletter.letters.publishing import NotPossible
from openletter.mail.models import OutgoingMail
from openletter.mail.outbox import delivery, messages
from openletter.mailings import flows, slices
from openletter.mailings.mails import update as update_mail
from openletter.moderation.models import AuditEntry
from openletter.signatures.models import Signature
from tests.factories import make_letter, make_published, make_staff, make_update
from tests.steps import SAM

pytestmark = pytest.mark.django_db
BOTH = {
    "en": ("They have read it", "Good *news*, see [the minutes](https://example.org/minutes)."),
    "de": ("Sie haben ihn gelesen", "*Gut*."),
}
ONE_CLICK = "List-Unsubscribe=One-Click"


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    yield
    update_mail._update_of.cache_clear()


def send(update: Update) -> None:
    mailing = flows.prepare(update_id=update.pk, actor_id=make_staff().pk)
    flows.send(
        mailing_id=mailing.pk, starts_at=None, actor_id=mailing.created_by_id or 0,
        now=timezone.now(),
    )  # fmt: skip
    slices.work(now=timezone.now())


@pytest.fixture
def mailed(mailoutbox: list[EmailMultiAlternatives]) -> Any:
    """Send an update to one signatory in a language; return the message."""

    def mail(
        language: str, texts: dict[str, tuple[str, str]] | None = None, **letter: Any
    ) -> EmailMultiAlternatives:
        make_published(make_letter(**letter), wants_updates=True, language=language)
        send(make_update(texts=texts or BOTH))
        assert delivery.deliver_due("bulk") == 1
        return mailoutbox[-1]

    return mail


def html_of(message: EmailMultiAlternatives) -> str:
    ((content, _type),) = message.alternatives
    return str(content)


def unsubscribe_path(message: EmailMultiAlternatives) -> str:
    return re.sub(r"^<http://testserver|>$", "", message.extra_headers["List-Unsubscribe"])


def test_the_mail_carries_the_update_as_text_and_as_html(mailed: Any) -> None:
    message = mailed("en")
    assert message.subject == "They have read it"
    assert "Good news, see the minutes <https://example.org/minutes>." in message.body
    assert "Good <em>news</em>" in html_of(message)
    for part in (message.body, html_of(message)):
        assert "http://testserver/open-letter/updates/1/" in part
        assert unsubscribe_path(message) in part
        assert "/stop/" in part
        assert "/not-me/" in part


def test_a_signatory_gets_the_language_they_signed_in(mailed: Any) -> None:
    message = mailed("de")
    assert message.subject == "Sie haben ihn gelesen"
    assert "http://testserver/de/open-letter/updates/1/" in message.body
    assert message.extra_headers["Content-Language"] == "de"


def test_without_that_language_they_get_the_reference_language(mailed: Any) -> None:
    texts = {"de": ("Nur deutsch", "x"), "en": ("Only English", "x")}
    message = mailed("en", {"de": texts["de"]}, reference_language="de")
    assert message.subject == "Nur deutsch"
    assert '<div lang="de" dir="ltr">' in html_of(message)


def test_a_language_added_while_a_mailing_runs_reaches_who_is_still_to_come(
    mailoutbox: list[Any],
) -> None:
    for _ in range(2):
        make_published(wants_updates=True, language="de")
    update = make_update(texts={"en": BOTH["en"]})
    send(update)
    publishing_updates.write(update=update, language="de", title="Später", markdown="x")
    delivery.deliver_due("bulk")
    assert [message.subject for message in mailoutbox] == ["Später", "Später"]


def test_a_title_cannot_become_a_header(mailed: Any) -> None:
    message = mailed("en", {"en": ("Hello\nBcc: all@example.org <b>", "x")})
    assert message.subject == "Hello Bcc: all@example.org <b>"
    assert "&lt;b&gt;" in html_of(message)


def test_the_headers_offer_one_click_and_say_bulk(mailed: Any) -> None:
    headers = mailed("en").extra_headers
    assert headers["List-Unsubscribe"] == ANY
    assert headers["List-Unsubscribe-Post"] == ONE_CLICK
    assert headers["Precedence"] == "bulk"
    assert headers["Auto-Submitted"] == "auto-generated"


def test_one_click_works_without_cookies_or_a_page(mailed: Any) -> None:
    program = Client(enforce_csrf_checks=True)
    address = unsubscribe_path(mailed("en"))
    response = program.post(address, ONE_CLICK, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 200
    assert not response.cookies
    signature = Signature.objects.get()
    assert (signature.wants_updates, signature.state) == (False, "published")


def test_one_click_works_twice_and_from_another_site(mailed: Any) -> None:
    program = Client(enforce_csrf_checks=True, headers={"Origin": "https://webmail.example.net"})
    address = unsubscribe_path(mailed("de"))
    assert address.startswith("/de/")
    assert [program.post(address).status_code for _ in range(2)] == [200, 200]
    assert not Signature.objects.get().wants_updates


def test_looking_at_the_unsubscribe_page_changes_nothing(mailed: Any, client: Client) -> None:
    address = unsubscribe_path(mailed("en"))
    page = client.get(address)
    assert page.status_code == 200
    assert f'action="{address}"' in page.content.decode()
    assert client.head(address).status_code == 200
    assert Signature.objects.get().wants_updates


def test_a_mail_costs_the_database_the_same_whatever_the_update(
    mailoutbox: list[Any], django_assert_max_num_queries: Any
) -> None:
    for _ in range(2):
        make_published(wants_updates=True)
    send(make_update(texts=BOTH))
    first, second = OutgoingMail.objects.filter(lane="bulk")
    with django_assert_max_num_queries(5):
        assert messages.compose(first)
    with django_assert_max_num_queries(2):  # its signature; and the letter in a second of its own
        assert messages.compose(second)


# --- The test to oneself ---


def send_test(update: Update) -> int:
    staff = make_staff()
    return flows.send_test(
        update_id=update.pk, actor_id=staff.pk, recipient=staff.email, now=timezone.now()
    )


def test_a_test_goes_to_oneself_in_every_language_before_anything_is_published(
    mailoutbox: list[EmailMultiAlternatives],
) -> None:
    assert send_test(make_update(texts=BOTH, published=False)) == 2
    assert delivery.deliver_due("confirm") == 2
    assert {message.to[0] for message in mailoutbox} == {"olive@example.org"}
    assert {message.subject for message in mailoutbox} == {
        "Test: They have read it", "Test: Sie haben ihn gelesen",
    }  # fmt: skip
    assert all("List-Unsubscribe" not in message.extra_headers for message in mailoutbox)
    assert all("/s/" not in message.body + html_of(message) for message in mailoutbox)


@pytest.mark.parametrize("state", ["draft", "open"])
@pytest.mark.parametrize("published", [False, True])
def test_a_test_has_no_link_that_leads_nowhere(
    client: Client, mailoutbox: list[Any], state: str, published: bool
) -> None:
    letter = make_letter()
    update = make_update(letter, texts=BOTH, published=published)
    if state == "draft":
        Letter.objects.update(state=state)
    send_test(update)
    delivery.deliver_due("confirm")
    assert len(mailoutbox) == 2
    for message in mailoutbox:
        for part in (message.body, html_of(message)):
            paths = re.findall(r"http://testserver(/[^\s\"<>]*)", part)
            assert [client.get(path).status_code for path in paths] == [200] * len(paths), part
            is_open = state == "open"
            assert ("/updates/1/" in part) == (published and is_open)
            assert ("/open-letter/" in part) == is_open


def test_a_test_is_recorded_and_can_be_repeated(letter: Letter) -> None:
    update = make_update()
    send_test(update)
    flows.send_test(
        update_id=update.pk, actor_id=make_staff(SAM).pk, recipient=SAM, now=timezone.now()
    )
    assert OutgoingMail.objects.filter(kind="mailings.update_test").count() == 2
    assert AuditEntry.objects.filter(action="test update").count() == 2


def test_a_test_of_an_update_without_a_text_is_refused(letter: Letter) -> None:
    with pytest.raises(NotPossible):
        send_test(publishing_updates.begin(Update(letter=letter)))


def test_a_test_of_an_update_that_was_deleted_meanwhile_is_dropped(mailoutbox: list[Any]) -> None:
    update = make_update(published=False)
    send_test(update)
    update.delete()
    assert delivery.deliver_due("confirm") == 0
    assert OutgoingMail.objects.get().state == "dropped"


def test_a_test_calls_the_letter_as_its_readers_do(mailoutbox: list[Any]) -> None:
    letter = make_letter(texts={"en": ("More trees", "x"), "de": ("Mehr Bäume", "x")})
    send_test(make_update(letter, texts=BOTH))
    delivery.deliver_due("confirm")
    assert len(mailoutbox) == 2
    for message in mailoutbox:
        title = {"de": "Mehr Bäume", "en": "More trees"}[message.extra_headers["Content-Language"]]
        assert title in message.body
