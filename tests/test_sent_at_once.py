"""Two forms of the desk at the same moment: the second is answered, whatever the first has done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client

from openletter.accounts.models import User
from openletter.letters.models import Letter, Update
from openletter.mailings import flows
from openletter.moderation.models import ListedSource
from tests.asking import form_of
from tests.factories import log_in, make_letter, make_moderator, make_update
from tests.racing import behind

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(transactional_db: None) -> Client:
    return log_in()


def a_letter() -> object:
    return Letter.objects.create(slug="open-ai", title="Open AI", sender_name="The Initiative")


def a_source() -> object:
    return ListedSource.objects.create(
        kind="domain", value="example.org", verdict="hold", reason="odd"
    )


ADDED: dict[str, tuple[str, dict[str, str], Callable[[], object], str]] = {
    "letter": (
        "letters/letter",
        {"slug": "open-ai", "sender_name": "The Initiative"},
        a_letter,
        "slug",
    ),
    "source": (
        "moderation/listedsource",
        {"kind": "domain", "value": "example.org", "verdict": "hold", "reason": "odd"},
        a_source,
        "__all__",
    ),
    "group": (
        "auth/group",
        {"name": "editors"},
        lambda: Group.objects.create(name="editors"),
        "name",
    ),
    "user": (
        "accounts/user",
        {"email": "Olive@example.org", "usable_password": "false"},
        lambda: User.objects.create(email="olive@example.org"),
        "email",
    ),
}


@pytest.mark.parametrize("kind", ADDED)
def test_what_somebody_adds_at_the_same_moment_is_an_error_at_its_field(
    desk: Client, kind: str
) -> None:
    path, typed, add, field = ADDED[kind]
    page = f"/admin/{path}/add/"
    sent = {**form_of(desk.get(page)), **typed}
    answer = behind(add, lambda: desk.post(page, sent))
    assert answer.status_code == 200
    assert field in answer.context["adminform"].form.errors


def test_two_letters_do_not_take_one_address(desk: Client) -> None:
    make_letter(slug="first")
    letter = make_letter(slug="second")
    page = f"/admin/letters/letter/{letter.pk}/change/"
    sent = {**form_of(desk.get(page)), "slug": "wanted"}
    answer = behind(
        lambda: Letter.objects.filter(slug="first").update(slug="wanted"),
        lambda: desk.post(page, sent),
    )
    assert (answer.status_code, "slug" in answer.context["adminform"].form.errors) == (200, True)


def use(update: Update, by: User) -> None:
    """Begin to use an update and an account, and hold both as a commit does."""
    flows.prepare(update_id=update.pk, actor_id=by.pk)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("by", ["page", "list"])
def test_what_somebody_begins_to_use_is_not_deleted(desk: Client, by: str) -> None:
    update = make_update(make_letter(), published=False)
    olive = make_moderator("olive@example.org")
    page = f"/admin/letters/update/{update.pk}/delete/"
    path, sent = page, {"post": "yes"}
    if by == "list":
        path, chosen = "/admin/accounts/user/", {"_selected_action": str(olive.pk)}
        sent = {"action": "delete_selected", "post": "yes", **chosen}
    answer = behind(lambda: use(update, olive), lambda: desk.post(path, sent))
    assert answer.status_code == 200
    assert Update.objects.filter(pk=update.pk).exists()
    assert User.objects.filter(pk=olive.pk).exists()


def test_what_somebody_deletes_cannot_be_chosen(desk: Client) -> None:
    olive = make_moderator("olive@example.org")
    group = Group.objects.create(name="editors")
    page = f"/admin/accounts/user/{olive.pk}/change/"
    sent = {**form_of(desk.get(page)), "groups": [str(group.pk)]}
    answer = behind(group.delete, lambda: desk.post(page, sent))
    assert answer.status_code == 200
    assert "groups" in answer.context["adminform"].form.errors


# --- The same form twice ------------------------------------------------------------------------


def new_update(desk: Client) -> tuple[str, dict[str, Any]]:
    letter = make_letter()
    page = f"/admin/letters/update/add/?letter={letter.pk}"
    texts = {"texts-0-title": "They have read it", "texts-0-markdown": "Good."}
    return page, {**form_of(desk.get(page)), "letter": str(letter.pk), **texts}


def test_an_update_that_is_sent_twice_is_one_draft(desk: Client) -> None:
    page, sent = new_update(desk)
    answers = [desk.post(page, sent) for _time in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    update = Update.objects.get()
    assert answers[1]["Location"] == f"/admin/letters/update/{update.pk}/change/"


def test_an_update_that_is_sent_twice_at_once_is_one_draft(desk: Client) -> None:
    page, sent = new_update(desk)
    other = log_in(User.objects.get())
    answer = behind(lambda: other.post(page, sent), lambda: desk.post(page, sent))
    update = Update.objects.get()
    assert answer["Location"] == f"/admin/letters/update/{update.pk}/change/"


def test_a_letter_without_a_typed_address_that_is_sent_twice_is_one(desk: Client) -> None:
    page = "/admin/letters/letter/add/"
    sent = {**form_of(desk.get(page)), "title": "Open AI", "sender_name": "The Initiative"}
    assert [desk.post(page, sent).status_code for _time in range(2)] == [302, 302]
    assert Letter.objects.get().slug == "open-ai"


def test_two_forms_are_two_rows(desk: Client) -> None:
    page = "/admin/letters/letter/add/"
    for _time in range(2):
        sent = {**form_of(desk.get(page)), "title": "Open AI", "sender_name": "The Initiative"}
        assert desk.post(page, sent).status_code == 302
    assert Letter.objects.count() == 2


@pytest.mark.parametrize("said", ["", "{}", "nonsense", '{"public_id": "1"}', '{"public_id": 1}'])
def test_a_form_that_does_not_say_which_it_is_makes_a_row(desk: Client, said: str) -> None:
    page = "/admin/letters/letter/add/"
    sent = {**form_of(desk.get(page)), "title": "Open AI", "sender_name": "x", "opened_on": said}
    assert desk.post(page, sent).status_code == 302
    assert Letter.objects.count() == 1
