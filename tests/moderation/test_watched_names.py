"""Names that others like to forge: however they are written, a person asks first."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from openletter.moderation import watched_names
from openletter.moderation.forms import WatchedNameForm
from openletter.moderation.models import AuditEntry, WatchedName
from openletter.signatures import confirmation
from tests.asking import change
from tests.factories import log_in, make_letter, make_signature

pytestmark = pytest.mark.django_db
LIST = "/admin/moderation/watchedname/"


def watch(name: str, whom: str = "") -> WatchedName:
    form = WatchedNameForm({"name": name, "whom_to_ask": whom})
    assert form.is_valid(), form.errors
    watched_names.forget()
    saved: WatchedName = form.save()
    return saved


@pytest.mark.parametrize(
    ("listed", "typed"),
    [
        ("Alice Peacock", "Alice Peacock"),
        ("Alice Peacock", "PEACOCK, Alice"),
        ("Alice Peacock", "Prof. Dr. Alice Margaret Peacock, MD"),
        ("Alice Peacock", "Alise Peacock"),
        ("Alice Peacock", "Alice Peacok"),
        ("Alice Peacock", "\u0410lice Pe\u0430cock"),  # Cyrillic letters that look so
        ("Alice Peacock", "\uff21lice Peacock"),
        ("Álíce Peacöck", "Alice Peacock"),
        ("Taras Bulba", "Тарас Бульба"),
        ("Тарас Бульба", "Taras Bulba"),
        ("Μαρία Νάνου", "Maria Nanou"),
        ("Alice Peacock", "Dr. Alise Peacock"),
        ("Alice Peacock", "Alise M. Peacok"),
        ("Katherine Johnson", "Catherine Johnson"),
        ("Xi Jinping", "习近平"),
        ("Zendaya", "Zendaya"),
    ],
)
def test_a_name_is_found_however_it_is_written(listed: str, typed: str) -> None:
    row = watch(listed)
    assert watched_names.claimed_by(typed) == [row]


@pytest.mark.parametrize(
    ("listed", "typed"),
    [
        ("Alice Peacock", "Alice Sparrow"),
        ("Alice Peacock", "Robert Peacock"),
        ("Alice Peacock", "Peacock"),
        ("Zendaya", "Zendaya Miller Jones"),
        ("Alice Peacock", ""),
        ("Alice Peacock", "李明"),
        ("Jo Li", "Jo Lang"),
    ],
)
def test_another_name_is_not(listed: str, typed: str) -> None:
    watch(listed)
    assert watched_names.claimed_by(typed) == []


def test_where_nothing_is_watched_nothing_is_found() -> None:
    assert watched_names.claimed_by("Alice Peacock") == []


def test_a_name_is_listed_once_and_needs_letters() -> None:
    watch("Alice Peacock")
    again = WatchedNameForm({"name": "peacock ALICE"})
    assert not again.is_valid()
    assert "already listed" in str(again.errors)
    assert not WatchedNameForm({"name": "!? -"}).is_valid()
    assert not WatchedNameForm({"name": "\u88c5" * 200}).is_valid()  # six letters a sign


def test_what_staff_list_is_on_record_and_works_at_once() -> None:
    desk = log_in()
    assert watched_names.claimed_by("Alice Peacock") == []
    desk.post(f"{LIST}add/", {"name": "Alice Peacock", "whom_to_ask": "her office"})
    row = WatchedName.objects.get()
    assert watched_names.claimed_by("Alice Peacock") == [row]
    change(desk, f"{LIST}{row.pk}/change/", {"name": "Bob Miller"})
    assert watched_names.claimed_by("Alice Peacock") == []
    assert watched_names.claimed_by("Bob Miller") == [row]
    desk.post(f"{LIST}{row.pk}/delete/", {"post": "yes"})
    assert watched_names.claimed_by("Alice Peacock") == []
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["watch name", "change watched name", "forget watched name"]
    assert "Peacock" not in str(list(AuditEntry.objects.values()))


def test_who_signs_by_such_a_name_is_held_and_the_card_says_whom_to_ask() -> None:
    watch("Alice Peacock", "her office")
    attempt = make_signature(make_letter(), name="Dr. Alice Peacock")
    confirmation.confirm(attempt, now=timezone.now())
    attempt.refresh_from_db()
    assert (attempt.state, attempt.held_because) == ("held", "notable name")
    page = log_in().get("/admin/signatures/signature/queue/").content.decode()
    assert "Could be taken for <bdi>Alice Peacock</bdi>." in page
    assert "her office" in page


@pytest.mark.parametrize("typed", ["Yann LeCun", "\u03a5ann L\u0435Cun", "LeCun, Yann"])
def test_t14_a_forged_celebrity_reaches_no_public_page(client: Client, typed: str) -> None:
    letter = make_letter()
    watch("Yann LeCun")
    attempt = make_signature(letter, name=typed)
    confirmation.confirm(attempt, now=timezone.now())
    attempt.refresh_from_db()
    assert attempt.state == "held"
    assert client.get(f"/{letter.slug}/count.json").json()["count"] == 0
    for page in (f"/{letter.slug}/", f"/{letter.slug}/signatures/"):
        assert "Cun" not in client.get(page).content.decode()


def test_a_name_can_be_watched_on_one_letter_only() -> None:
    letter, other = make_letter(slug="one"), make_letter(slug="other")
    desk = log_in()
    typed = {"name": "Alice Peacock", "letter": str(letter.pk), "whom_to_ask": ""}
    desk.post(f"{LIST}add/", typed)
    row = WatchedName.objects.get()
    assert watched_names.claimed_by("Alice Peacock", letter_id=letter.pk) == [row]
    assert watched_names.claimed_by("Alice Peacock", letter_id=other.pk) == []
    assert "already listed" in desk.post(f"{LIST}add/", typed).content.decode()
    assert desk.post(f"{LIST}add/", {**typed, "letter": ""}).status_code == 302
    states = []
    for signed in (letter, other):
        attempt = make_signature(signed, name="Alice Peacock")
        confirmation.confirm(attempt, now=timezone.now())
        attempt.refresh_from_db()
        states.append(attempt.state)
    assert states == ["held", "held"]  # the second by the site's list
