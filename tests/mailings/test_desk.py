"""Mailings in the admin: everything by POST, asked once more, for whoever may change mailings."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from openletter.accounts.models import User
from openletter.letters import publishing_updates
from openletter.letters.models import Letter, Update
from openletter.mail.limits import throttles
from openletter.mail.models import OutgoingMail, Throttle
from openletter.mailings import slices
from openletter.mailings.models import Mailing
from openletter.moderation.models import AuditEntry
from openletter.signatures.models import Signature
from tests.asking import form_of, say_yes, seen
from tests.factories import make_published, make_update
from tests.steps import SAM

pytestmark = pytest.mark.django_db


@pytest.fixture
def update(letter: Letter) -> Update:
    for _ in range(3):
        make_published(letter, wants_updates=True)
    return make_update(letter)


@pytest.fixture
def page(desk: Client, update: Update) -> str:
    """The address of the update's mailing, prepared by the button on the update's page."""
    address = f"/admin/mailings/mailing/prepare/{update.pk}/"
    on_update = f"/admin/letters/update/{update.pk}/change/"
    sent = {**form_of(desk.get(on_update)), "_act": "send"}
    pressed = desk.post(on_update, sent)
    assert (pressed.status_code, pressed["Location"]) == (307, address)
    return str(desk.post(address, sent)["Location"])


def beside(page: str, name: str) -> str:
    return page.replace("change/", f"{name}/")


def begin(desk: Client, page: str) -> None:
    say_yes(desk, beside(page, "send"), {"starts_at": ""})
    slices.work(now=timezone.now())


def links_and_buttons(content: str) -> str:
    return "".join(re.findall(r"<(?:a|button)\b[^>]*>[^<]*", content))


def test_an_update_is_sent_after_asking_once_more(desk: Client, page: str) -> None:
    shown = desk.get(page).content.decode()
    assert "Send to 3 signatories" in links_and_buttons(shown)
    asked = desk.get(beside(page, "send"))
    assert "Send to 3 signatories" in asked.content.decode()
    assert "Good <em>news</em>." in asked.content.decode()
    assert Mailing.objects.get().state == "draft"  # GET changes nothing
    desk.post(beside(page, "send"), {"starts_at": "", "seen": seen(asked)})
    mailing = Mailing.objects.get()
    assert mailing.state == "scheduled"
    assert mailing.starts_at is not None
    assert mailing.starts_at <= timezone.now()


def test_a_mailing_can_be_scheduled(desk: Client, page: str) -> None:
    later = (timezone.now() + timedelta(days=2)).replace(second=0, microsecond=0)
    say_yes(desk, beside(page, "send"), {"starts_at": later.strftime("%Y-%m-%dT%H:%M")})
    assert Mailing.objects.get().starts_at == later
    assert AuditEntry.objects.filter(action="schedule mailing").exists()


@pytest.mark.parametrize("starts_at", ["2020-01-01T10:00", "soon"])
def test_a_time_that_cannot_be_is_refused_with_a_sentence(
    desk: Client, page: str, starts_at: str
) -> None:
    answer = desk.post(beside(page, "send"), {"starts_at": starts_at})
    assert answer.status_code == 200
    assert 'class="errorlist"' in answer.content.decode()
    assert Mailing.objects.get().state == "draft"


def test_an_update_that_gained_a_language_meanwhile_is_looked_at_again(
    desk: Client, page: str, update: Update
) -> None:
    asked = desk.get(beside(page, "send"))
    publishing_updates.write(update=update, language="de", title="Neues", markdown="Gut.")
    again = desk.post(beside(page, "send"), {"starts_at": "", "seen": seen(asked)})
    assert (again.status_code, "Neues" in again.content.decode()) == (200, True)
    assert desk.post(beside(page, "send"), {"starts_at": ""}).status_code == 200
    assert Mailing.objects.get().state == "draft"


def test_a_time_is_meant_in_the_zone_of_the_site(desk: Client, page: str, settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"
    assert "Asia/Tokyo" in desk.get(beside(page, "send")).content.decode()
    say_yes(desk, beside(page, "send"), {"starts_at": "2999-01-01T09:00"})
    assert Mailing.objects.get().starts_at == datetime(2999, 1, 1, 0, 0, tzinfo=UTC)


def test_every_act_says_what_became_of_it(desk: Client, page: str) -> None:
    begin(desk, page)
    for act in ("pause", "resume", "cancel"):
        answer = desk.post(beside(page, f"{act}/ask"), {"reason": ""}, follow=True)
        assert [one.level_tag for one in answer.context["messages"]][-1:] == ["success"]


def test_a_test_goes_to_oneself(desk: Client, page: str, update: Update) -> None:
    desk.post(beside(page, "test"))
    desk.post(f"/admin/mailings/mailing/try/{update.pk}/")
    mails = OutgoingMail.objects.filter(kind="mailings.update_test")
    assert {mail.recipient for mail in mails} == {SAM}
    assert mails.count() == 2


def test_the_preview_shows_the_update(desk: Client, page: str) -> None:
    assert "They have read it" in desk.get(beside(page, "preview")).content.decode()


def test_pause_go_on_and_cancel_each_ask_first(desk: Client, page: str) -> None:
    begin(desk, page)
    for act, state in (("pause", "paused"), ("resume", "sending"), ("cancel", "cancelled")):
        address = beside(page, f"{act}/ask")
        assert address in links_and_buttons(desk.get(page).content.decode())
        before = Mailing.objects.get().state
        assert desk.get(address).status_code == 200
        assert Mailing.objects.get().state == before
        desk.post(address, {"reason": "because"})
        assert Mailing.objects.get().state == state
        assert AuditEntry.objects.filter(action=f"{act} mailing", reason="because").exists()


def test_an_act_that_came_too_late_gets_a_sentence(desk: Client, page: str) -> None:
    begin(desk, page)
    Mailing.objects.update(state="done", finished_at=timezone.now())
    answer = desk.post(beside(page, "pause/ask"), {"reason": ""}, follow=True)
    assert "not possible now" in answer.content.decode()
    assert Mailing.objects.get().state == "done"


@pytest.mark.parametrize(
    ("state", "name"),
    [("scheduled", "send"), ("done", "send"), ("draft", "pause/ask"), ("done", "cancel/ask")],
)
def test_what_does_not_fit_the_state_is_not_asked(
    desk: Client, page: str, state: str, name: str
) -> None:
    times = {"draft": {}, "scheduled": {"starts_at": timezone.now()}}
    begun = {"starts_at": timezone.now(), "started_at": timezone.now()}
    ended = {**begun, "finished_at": timezone.now()}
    Mailing.objects.update(state=state, **times.get(state, ended))
    answer = desk.get(beside(page, name))
    assert (answer.status_code, answer["Location"]) == (302, page)
    assert "not possible now" in desk.get(page).content.decode()


def test_what_cannot_be_sent_yet_is_not_asked(desk: Client, page: str) -> None:
    Signature.objects.update(wants_updates=False)
    answer = desk.get(beside(page, "send"), follow=True)
    assert [one.level_tag for one in answer.context["messages"]][-1:] == ["error"]
    assert Mailing.objects.get().state == "draft"


def test_progress_is_told_to_the_pages_script(desk: Client, page: str) -> None:
    begin(desk, page)
    OutgoingMail.objects.filter(pk=OutgoingMail.objects.filter(lane="bulk")[:1].get().pk).update(
        state="sent", sent_at=timezone.now()
    )
    told = desk.get(beside(page, "progress"))
    assert told.json() == {
        "state": "sending", "finished": False, "recipients": 3,
        "sent": 1, "failed": 0, "left": 2, "dropped": 0,
    }  # fmt: skip
    assert "no-store" in told["Cache-Control"]


def test_the_page_looks_again_only_while_something_moves(desk: Client, page: str) -> None:
    script, refresh = "mailing-progress", '<noscript><meta http-equiv="refresh" content="5">'
    draft = desk.get(page).content.decode()
    assert (script in draft, refresh in draft) == (False, False)
    begin(desk, page)
    moving = desk.get(page).content.decode()
    assert (script in moving, refresh in moving) == (True, True)
    desk.post(beside(page, "pause/ask"), {"reason": ""})
    paused = desk.get(page).content.decode()
    assert (script in paused, refresh in paused) == (False, False)


def test_the_page_says_when_the_letters_mails_are_held_back(
    desk: Client, page: str, update: Update
) -> None:
    assert "held back" not in desk.get(page).content.decode()
    throttles.pause(update.letter.topic, cause=Throttle.Cause.BOUNCES, now=timezone.now())
    assert "too many addresses that do not exist" in desk.get(page).content.decode()


def test_an_update_that_is_not_published_has_no_way_to_send(desk: Client, letter: Letter) -> None:
    make_published(letter, wants_updates=True)
    update = make_update(letter, published=False)
    shown = desk.get(f"/admin/letters/update/{update.pk}/change/").content.decode()
    assert 'value="send"' not in shown
    page = desk.post(f"/admin/mailings/mailing/prepare/{update.pk}/")["Location"]
    shown = desk.get(page).content.decode()
    assert beside(page, "send") not in shown
    assert "Publish the update" in shown


@pytest.mark.parametrize("name", ["test", "send", "pause/ask", "resume/ask", "cancel/ask"])
def test_t34_who_may_only_look_cannot_act(
    client: Client, settings: Any, page: str, name: str
) -> None:
    settings.STAFF_NEEDS_SECOND_FACTOR = False
    viewer = User.objects.create_user("viewer@example.org", "a-password-for-tests", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_mailing"))
    client.force_login(viewer)
    shown = client.get(page)
    assert shown.status_code == 200
    assert beside(page, name) not in shown.content.decode()
    assert client.post(beside(page, name), {"reason": ""}).status_code == 403
    assert Mailing.objects.get().state == "draft"
    assert not OutgoingMail.objects.filter(kind="mailings.update_test").exists()


def test_t34_a_stranger_sees_nothing(page: str, update: Update) -> None:
    stranger = Client()
    prepare = f"/admin/mailings/mailing/prepare/{update.pk}/"
    for address in (page, beside(page, "progress"), beside(page, "send"), prepare):
        assert stranger.get(address).status_code in {302, 405}
        assert stranger.post(address).status_code in {302, 405}
    assert Mailing.objects.get().state == "draft"


@pytest.mark.parametrize("name", ["test", "send", "cancel/ask"])
def test_t26_a_form_from_another_site_is_refused(desk: Client, page: str, name: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = desk.cookies
    assert strict.post(beside(page, name), {"starts_at": ""}).status_code == 403
    assert Mailing.objects.get().state == "draft"


def test_what_only_acts_refuses_get(desk: Client, page: str, update: Update) -> None:
    for address in (
        beside(page, "test"),
        f"/admin/mailings/mailing/try/{update.pk}/",
        f"/admin/mailings/mailing/prepare/{update.pk}/",
    ):
        assert desk.get(address).status_code == 405


def test_nobody_adds_or_deletes_a_mailing_by_hand(desk: Client, page: str) -> None:
    assert desk.get("/admin/mailings/mailing/add/").status_code == 403
    assert desk.post(page.replace("change/", "delete/"), {"post": "yes"}).status_code == 403
    assert desk.get("/admin/mailings/mailing/").status_code == 200


@pytest.mark.parametrize("name", ["change", "send", "pause/ask"])
def test_the_pages_hold_to_the_policy_and_can_be_used_by_keyboard(
    desk: Client, page: str, name: str
) -> None:
    if name != "send":
        begin(desk, page)
    answer = desk.get(beside(page, name))
    assert answer.status_code == 200
    content = answer.content.decode()
    assert "'unsafe-inline'" not in answer["Content-Security-Policy"]
    assert not re.search(r"<[^>]+\s(?:style|on\w+)=", content)
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>\s*[^<\s]", content)
    assert "<style" not in content
    # Everything that acts is a link or a button, and nothing jumps the queue.
    assert not re.search(r'tabindex="[1-9]', content)
    assert not re.search(r"<(?:div|span)[^>]*role=\"button\"", content)
