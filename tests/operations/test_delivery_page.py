"""The delivery page of the desk: its numbers, its buttons, and who may see and press them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from openletter.accounts.models import User
from openletter.alarms import flows as alarms
from openletter.alarms.models import Alarm
from openletter.letters.models import Letter
from openletter.mail.limits import throttles
from openletter.mail.models import DomainPause, OutgoingMail, Throttle
from openletter.mail.outbox import claims
from openletter.mailings.models import Mailing
from openletter.moderation.models import AuditEntry
from openletter.operations import delivery_report
from tests.factories import make_letter, make_moderator, make_signature, make_update
from tests.mail.outgoing import sent
from tests.steps import SAM

pytestmark = pytest.mark.django_db
PAGE = "/admin/delivery/"
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _without_second_factor(settings: Any) -> None:
    settings.STAFF_NEEDS_SECOND_FACTOR = False


def staff_who(*permissions: str) -> Client:
    user = User.objects.create_user(f"{uuid4()}@example.org", "a-password", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


def text_of(client: Client, address: str = PAGE) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def row(page: str, name: str) -> list[str]:
    """Return the cells of the row that begins with a name."""
    (found,) = re.findall(rf"<tr><th scope=.row.><bdi>{name}</bdi></th>(.*?)</tr>", page)
    return re.findall(r"<td>(.*?)</td>", found)


def parked_mail(**fields: Any) -> OutgoingMail:
    return sent(state="parked", attempts=8, error="SMTPDataError 451", **fields)


def throttled(letter: Letter) -> str:
    throttles.pause(letter.topic, cause=Throttle.Cause.BOUNCES, now=timezone.now())
    alarms.raise_alarm("too many bounces", letter.topic, "Too many bounces.", timezone.now())
    return letter.topic


# --- What it shows ------------------------------------------------------------------------------


def test_the_numbers_stand_by_lane_and_by_letter(desk: Client, letter: Letter) -> None:
    now = timezone.now()
    for fields in (
        {"state": "due"},
        {"state": "due", "lease_until": now + MINUTE},
        {"state": "due", "attempts": 1},
        {"state": "sent", "lane": "bulk"},
        {"state": "bounced"},
        {"state": "parked"},
    ):
        sent(**{"topic": letter.topic, "due_at": now - 5 * MINUTE, **fields})
    page = text_of(desk)
    assert row(page, letter.title)[:9] == [*"101111100"]
    assert row(page, "nobody is waiting for it")[:9] == [
        "0",
        "0",
        "0",
        "0",
        "0",
        "1",
        "0",
        "0",
        "0",
    ]
    assert row(page, letter.title)[9] == "5\xa0minutes"


def test_what_is_about_no_letter_stands_last(desk: Client, letter: Letter) -> None:
    sent(topic="self-test")
    sent(topic=letter.topic)
    names = [str(one.name) for one in delivery_report.make(now=timezone.now()).letters]
    assert names == [letter.title, "no letter: alarms and tests"]


def test_letters_beyond_the_busiest_are_added_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery_report, "MOST_LETTERS", 1)
    for number in range(3):
        one = make_letter(slug=f"letter-{number}")
        for _ in range(number + 1):
            sent(topic=one.topic)
    rows = delivery_report.make(now=timezone.now() + MINUTE).letters
    assert [(one.code, str(one.name), one.numbers.sent) for one in rows] == [
        ("letter-2", "A letter", 3),
        ("", "other letters", 3),
    ]


def test_a_throttle_says_what_it_holds_and_why(desk: Client, letter: Letter) -> None:
    throttled(letter)
    page = text_of(desk)
    assert f"<bdi>{letter.title}</bdi></strong>: paused" in " ".join(page.split()).replace(
        " :", ":"
    )
    assert f"<bdi>{letter.title}</bdi></strong>: Too many bounces." in page
    assert "More than 5% of its mails bounced" in page
    assert "Release its mails" in page


def test_a_paused_mailing_is_resumed_on_its_own_page(desk: Client, letter: Letter) -> None:
    mailing = Mailing.objects.create(update=make_update(letter))
    key = throttles.batch_key(mailing.public_id)
    throttles.pause(key, cause=Throttle.Cause.STAFF, now=timezone.now())
    page = text_of(desk)
    assert f"/admin/mailings/mailing/{mailing.pk}/change/" in page
    assert "Release its mails" not in page
    assert desk.post(f"{PAGE}throttles/{key}/", {"reason": "in a hurry"}).status_code == 404
    assert Throttle.objects.exists()


def test_domains_that_asked_us_to_slow_down_are_named(desk: Client) -> None:
    now = timezone.now()
    DomainPause.objects.create(domain="slow.example", until=now + 5 * MINUTE)
    DomainPause.objects.create(domain="quick.example", until=now - MINUTE)
    page = text_of(desk)
    assert "slow.example" in page
    assert "quick.example" not in page


def test_domains_are_drawn_with_a_table_beneath(desk: Client, letter: Letter) -> None:
    asked_at = timezone.now() - timedelta(hours=5)
    for number in range(20):
        make_signature(
            letter,
            email=f"s{number}@big.example",
            asked_at=asked_at,
            confirmed_at=asked_at if number < 15 else None,
        )
    page = text_of(desk)
    (figure,) = re.findall(r"<figure.*?</figure>", page, re.DOTALL)
    assert "big.example" in figure
    assert "20 mails in 48 hours, of which 75% were confirmed." in figure
    assert "<title id=" in figure
    assert "<td>20</td><td>15</td><td>75</td>" in figure


def test_the_page_holds_no_inline_style_or_script(desk: Client, letter: Letter) -> None:
    make_signature(letter, asked_at=timezone.now() - timedelta(hours=2))
    throttled(letter)
    parked_mail()
    for address in (PAGE, "/admin/", f"{PAGE}throttles/{letter.topic}/"):
        page = text_of(desk, address)
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)[^>]*>\s*\S", page)


def test_nobodys_address_stands_on_the_page(desk: Client, letter: Letter) -> None:
    parked_mail(recipient="somebody@secret.example")
    assert "secret.example" not in text_of(desk)


def test_ten_letters_cost_no_more_queries_than_one(
    desk: Client, django_assert_max_num_queries: Any
) -> None:
    def fill(number: int) -> None:
        one = make_letter(slug=f"letter-{number}")
        make_signature(one, email=f"s@d{number}.example", asked_at=timezone.now() - 40 * MINUTE)
        sent(topic=one.topic)
        parked_mail(topic=one.topic)
        throttled(one)

    fill(0)
    text_of(desk)
    with django_assert_max_num_queries(100) as before:
        text_of(desk)
    for number in range(1, 10):
        fill(number)
    with django_assert_max_num_queries(len(before)):
        text_of(desk)


def test_whoever_asks_for_it_gets_a_fresh_page_every_ten_seconds(desk: Client) -> None:
    assert "Refresh" not in desk.get(PAGE).headers
    assert desk.get(f"{PAGE}?refresh").headers["Refresh"] == "10"


# --- Who may ------------------------------------------------------------------------------------

ACTS = [
    "throttles/{topic}/",
    "dead-letters/",
    "dead-letters/{mail}/",
    "alarms/{alarm}/",
    "self-test/send/",
]


@pytest.fixture
def acts(letter: Letter) -> list[str]:
    topic = throttled(letter)
    places = {"topic": topic, "mail": parked_mail().pk, "alarm": Alarm.objects.get().pk}
    return [PAGE + act.format(**places) for act in ACTS]


def test_strangers_are_led_to_the_login(client: Client, acts: list[str]) -> None:
    for address in (PAGE, f"{PAGE}self-test/", *acts):
        answer = client.post(address, {"reason": "let me in"})
        assert answer.status_code == 302
        assert "login" in answer["Location"]
    assert not AuditEntry.objects.filter(object_kind__in=["throttle", "mail", "alarm"]).exists()


def test_staff_who_may_not_see_mails_do_not_see_the_page() -> None:
    client = staff_who("view_letter")
    assert client.get(PAGE).status_code == 403
    assert client.get(f"{PAGE}self-test/").status_code == 403


def test_staff_who_may_only_look_have_no_buttons(acts: list[str]) -> None:
    client = staff_who("view_outgoingmail")
    page = text_of(client)
    assert "Open alarms" in page
    assert not any(address in page for address in acts)
    for address in acts:
        assert client.post(address, {"reason": "just looking"}).status_code == 403
    assert Throttle.objects.exists()
    assert Alarm.objects.filter(resolved_at=None).exists()
    assert OutgoingMail.objects.filter(state="parked").exists()


def test_looking_at_a_button_presses_none(desk: Client, acts: list[str]) -> None:
    answers = [desk.get(address).status_code for address in acts]
    assert answers == [200, 200, 405, 405, 405]
    assert Throttle.objects.exists()
    assert OutgoingMail.objects.filter(state="parked").exists()


def test_a_button_without_csrf_token_does_nothing(acts: list[str]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_moderator())
    for address in acts:
        assert client.post(address, {"reason": "from elsewhere"}).status_code == 403


# --- What the buttons do ------------------------------------------------------------------------


def recorded() -> list[tuple[str, str, str, str]]:
    entries = AuditEntry.objects.filter(actor__email=SAM).order_by("pk")
    return list(entries.values_list("action", "object_kind", "object_id", "reason"))


def test_letting_mails_go_on_asks_once_and_calls_the_alarms_off(
    desk: Client, letter: Letter
) -> None:
    topic = throttled(letter)
    waiting = sent(state="due", topic=topic, due_at=timezone.now() - MINUTE)
    address = f"{PAGE}throttles/{topic}/"
    assert 'name="reason"' in text_of(desk, address)
    assert desk.post(address, {"reason": ""}).status_code == 200
    assert claims.claim("confirm") == []
    desk.post(address, {"reason": "The list was cleaned."})
    assert [mail.pk for mail in claims.claim("confirm")] == [waiting.pk]
    assert not Alarm.objects.filter(resolved_at=None).exists()
    assert recorded() == [("let mails go on", "throttle", topic, "The list was cleaned.")]
    assert desk.post(address, {"reason": "once more"}).status_code == 404


def test_a_parked_mail_is_tried_again_and_on_record(desk: Client) -> None:
    mail, other = parked_mail(), parked_mail()
    address = f"{PAGE}dead-letters/{mail.pk}/"
    assert address in text_of(desk)
    for _ in range(2):
        assert desk.post(address)["Location"] == PAGE
    assert OutgoingMail.objects.get(pk=mail.pk).state == "due"
    assert OutgoingMail.objects.get(pk=other.pk).state == "parked"
    assert recorded() == [("try mail again", "mail", str(mail.pk), "")]


def test_all_parked_mails_are_tried_again_after_asking_once(desk: Client) -> None:
    for _ in range(3):
        parked_mail()
    desk.post(f"{PAGE}dead-letters/", {"reason": "The template is mended."})
    assert OutgoingMail.objects.filter(state="due", attempts=0).count() == 3
    assert recorded() == [("try mail again", "mail", "all", "The template is mended.")]


def test_an_alarm_is_resolved_and_on_record(desk: Client) -> None:
    alarms.raise_alarm("test", "key", "Look at this.", timezone.now())
    alarm = Alarm.objects.get()
    for _ in range(2):
        desk.post(f"{PAGE}alarms/{alarm.pk}/")
    assert not Alarm.objects.filter(resolved_at=None).exists()
    assert recorded() == [("resolve alarm", "alarm", str(alarm.pk), "")]


# --- The ways there -----------------------------------------------------------------------------


def test_the_index_shows_open_alarms_to_those_who_may_see_mail(desk: Client) -> None:
    assert 'role="alert"' not in text_of(desk, "/admin/")
    alarms.raise_alarm("test", "key", "Look at <this>.", timezone.now())
    assert "Look at &lt;this&gt;." in text_of(desk, "/admin/")
    assert "Look at" not in text_of(staff_who("view_letter"), "/admin/")
    alarms.resolve("test", "key", timezone.now())
    assert "Look at" not in text_of(desk, "/admin/")


@pytest.mark.parametrize("address", ["/admin/", "/admin/mail/outgoingmail/"])
def test_the_desk_leads_to_the_page(desk: Client, address: str) -> None:
    assert f'href="{PAGE}"' in text_of(desk, address)
