"""Every admin: saving writes what was changed, and undoes nothing that others did meanwhile."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from openletter.accounts.desk_site import StaffSite
from openletter.accounts.models import Team, User
from openletter.letters import publishing, publishing_updates
from openletter.letters.models import Letter
from openletter.lib.admin.edit_forms import EditForm
from openletter.lib.admin.pages import Careful
from openletter.mailings import flows
from openletter.moderation.models import ListedSource, RuleSetting, WatchedName
from tests.asking import form_of
from tests.factories import (
    log_in,
    make_draft,
    make_letter,
    make_moderator,
    make_published,
    make_staff,
    make_update,
)
from tests.sweeps.steps import found

pytestmark = pytest.mark.django_db


def a_mailing() -> Model:
    update = make_update(make_letter(slug="mailed"))
    return flows.prepare(update_id=update.pk, actor_id=make_staff("m@example.org").pk)


def a_source() -> Model:
    return ListedSource.objects.create(
        kind="domain", value="example.org", verdict="hold", reason="odd"
    )


def a_rule() -> Model:
    return RuleSetting.objects.create(rule="domain burst", mode="hint")


def a_watched_name() -> Model:
    return WatchedName.objects.create(name="Alice Peacock", spelling="alice peacock")


def a_sweep() -> Model:
    make_published()
    return found()


# A row of each model, a field that is typed on its page, and what is typed.
SAMPLES: dict[str, tuple[Callable[[], Model], str, str]] = {
    "accounts.User": (lambda: make_staff("olive@example.org"), "first_name", "Olive"),
    "accounts.Team": (lambda: Team.objects.create(name="Listeners"), "name", "Speakers"),
    "auth.Group": (lambda: Group.objects.create(name="editors"), "name", "authors"),
    "letters.Letter": (make_letter, "goal", "500"),
    "letters.TextVersion": (lambda: make_draft(make_letter()), "reason", "a wrong figure"),
    "letters.Update": (lambda: make_update(published=False), "texts-0-title", "Heard"),
    "signatures.Signature": (make_published, "first_position", "1"),
    "moderation.ListedSource": (a_source, "reason", "looked into"),
    "moderation.RuleSetting": (a_rule, "amount", "20"),
    "moderation.WatchedName": (a_watched_name, "whom_to_ask", "her office"),
    "mailings.Mailing": (a_mailing, "", ""),
    "sweeps.Sweep": (a_sweep, "", ""),
}
# Pages that only show.
READ_ONLY = {
    "ledger.LedgerEntry",
    "mail.OutgoingMail",
    "moderation.AuditEntry",
    "mfa.Authenticator",
}
REGISTERED = {model._meta.label: model for model in admin.site._registry}
# What a form writes besides what was typed: it follows from it.
DERIVED = {"html", "sha256", "spelling"}


def page_of(row: Model) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def columns_written(asked: CaptureQueriesContext, models: set[str]) -> set[str]:
    """Return the columns that UPDATE statements set in the tables of these models."""
    found = set()
    for query in asked:
        update = re.match(r'UPDATE "(\w+)" SET (.*?) WHERE ', query["sql"], re.DOTALL)
        if update and update[1] in models:
            found |= set(re.findall(r'"(\w+)" = ', update[2]))
    return found


def tables_of(row: Model) -> set[str]:
    inlines = admin.site._registry[type(row)].inlines
    return {row._meta.db_table, *(inline.model._meta.db_table for inline in inlines)}


def test_every_admin_is_tried_here() -> None:
    assert set(SAMPLES) | READ_ONLY == set(REGISTERED)


@pytest.mark.parametrize("label", sorted(set(SAMPLES) & set(REGISTERED)))
def test_t60_saving_writes_only_what_was_changed(label: str) -> None:
    make, field, typed = SAMPLES[label]
    row, desk = make(), log_in(make_moderator("boss@example.org"))
    if not field:  # a page of its own, without a form
        assert (
            'id="' + str(row._meta.model_name) + "_form"
            not in desk.get(page_of(row)).content.decode()
        )
        return
    sent = form_of(desk.get(page_of(row)))
    assert field in sent, sorted(sent)
    with CaptureQueriesContext(connection) as asked:
        response = desk.post(page_of(row), {**sent, field: typed})
    assert response.status_code == 302, response.context["errors"]
    column = field.rpartition("-")[2]
    assert columns_written(asked, tables_of(row)) - DERIVED == {column}


@pytest.mark.parametrize("label", sorted(set(SAMPLES) & set(REGISTERED)))
def test_t60_saving_what_nobody_changed_writes_nothing_and_says_so(label: str) -> None:
    make, field, _typed = SAMPLES[label]
    row, desk = make(), log_in(make_moderator("boss@example.org"))
    if not field:
        return
    sent = form_of(desk.get(page_of(row)))
    with CaptureQueriesContext(connection) as asked:
        response = desk.post(page_of(row), sent, follow=True)
    assert columns_written(asked, tables_of(row)) == set()
    assert [message.level_tag for message in response.context["messages"]] == ["info"]


@pytest.mark.parametrize("label", sorted(READ_ONLY & set(REGISTERED)))
def test_pages_that_only_show_let_nobody_change(label: str) -> None:
    request: Any = type("Request", (), {"user": make_moderator()})()
    assert not admin.site._registry[REGISTERED[label]].has_change_permission(request)


@pytest.mark.parametrize("label", sorted(REGISTERED))
def test_t60_every_form_of_every_admin_knows_what_it_was_opened_on(label: str) -> None:
    desk = admin.site._registry[REGISTERED[label]]
    assert isinstance(desk, Careful)
    assert issubclass(desk.form, EditForm)
    assert all(issubclass(inline.form, EditForm) for inline in desk.inlines)
    assert not desk.list_editable  # a list would write every column


def test_t60_an_admin_that_somebody_else_wrote_is_careful_too() -> None:
    site = StaffSite()
    site.register(Group, admin.ModelAdmin)
    assert isinstance(site._registry[Group], Careful)


# --- Two people, or two tabs ---------------------------------------------------------------------


@pytest.fixture
def two(db: None) -> tuple[Client, Client]:
    return log_in(make_moderator("olive@example.org")), log_in(make_moderator("sam@example.org"))


def save(desk: Client, row: Model, opened: dict[str, Any], **typed: str) -> Any:
    return desk.post(
        page_of(row), {**opened, **{k.replace("__", "-"): v for k, v in typed.items()}}
    )


def test_t60_saving_beside_closing_leaves_the_letter_closed(two: tuple[Client, Client]) -> None:
    letter = make_letter()
    opened = form_of(two[0].get(page_of(letter)))
    close(letter)
    told = save(two[0], letter, opened, goal="500")
    letter.refresh_from_db()
    assert (letter.state, letter.goal) == ("closed", None)
    assert told.context["errors"]
    again = save(two[0], letter, form_of(told))
    letter.refresh_from_db()
    assert (again.status_code, letter.state, letter.goal) == (302, "closed", 500)
    assert letter.closes_at is not None


def close(letter: Letter) -> None:
    publishing.change_state(
        letter_id=letter.pk, to=Letter.State.CLOSED, actor_id=None, now=timezone.now()
    )


def test_t60_a_time_typed_before_the_letter_was_closed_is_not_dropped_unseen(
    two: tuple[Client, Client],
) -> None:
    letter = make_letter()
    opened = form_of(two[0].get(page_of(letter)))
    close(letter)
    told = save(two[0], letter, opened, closes_at_0="2999-01-01", closes_at_1="00:00:00")
    assert told.context["errors"]


def test_t60_saving_beside_publishing_leaves_the_update_published(
    two: tuple[Client, Client],
) -> None:
    update = make_update(published=False)
    opened = form_of(two[0].get(page_of(update)))
    publishing_updates.publish(update_id=update.pk, actor_id=None, now=timezone.now())
    told = save(two[0], update, opened, texts__0__title="Another title")
    update.refresh_from_db()
    assert update.published_at is not None
    assert update.texts.get().title == "They have read it"
    assert "published" in str(told.context["errors"])


def test_t60_saving_beside_publishing_leaves_the_version_as_it_was_published(
    two: tuple[Client, Client],
) -> None:
    version = make_draft(make_letter(), en="Other words.")
    opened = form_of(two[0].get(page_of(version)))
    publishing.publish_version(version_id=version.pk, actor_id=None, now=timezone.now())
    told = save(two[0], version, opened, translations__0__markdown="Late words.")
    assert version.translations.get().markdown == "Other words."
    assert told.context["errors"]


def test_t60_what_two_people_changed_in_two_fields_is_both_kept(two: tuple[Client, Client]) -> None:
    letter = make_letter()
    mine, theirs = (form_of(desk.get(page_of(letter))) for desk in two)
    save(two[1], letter, theirs, sender_name="The Others")
    assert save(two[0], letter, mine, goal="500").status_code == 302
    letter.refresh_from_db()
    assert (letter.sender_name, letter.goal) == ("The Others", 500)


def test_t60_what_two_people_changed_in_one_field_is_told_and_then_decided(
    two: tuple[Client, Client],
) -> None:
    letter = make_letter()
    mine, theirs = (form_of(desk.get(page_of(letter))) for desk in two)
    save(two[1], letter, theirs, sender_name="The <b>Others</b>", goal="7")
    told = save(two[0], letter, mine, sender_name="We Ourselves")
    letter.refresh_from_db()
    page = told.content.decode()
    assert (told.status_code, letter.sender_name) == (200, "The <b>Others</b>")
    assert "The &lt;b&gt;Others&lt;/b&gt;" in page
    assert 'value="We Ourselves"' in page
    assert save(two[0], letter, form_of(told)).status_code == 302
    letter.refresh_from_db()
    assert (letter.sender_name, letter.goal) == ("We Ourselves", 7)


def test_t60_who_was_told_is_told_again_when_it_changes_again(two: tuple[Client, Client]) -> None:
    letter = make_letter()
    opened = form_of(two[0].get(page_of(letter)))
    Letter.objects.update(sender_name="Second")
    told = save(two[0], letter, opened, sender_name="Mine")
    Letter.objects.update(sender_name="Third")
    told = save(two[0], letter, form_of(told))
    letter.refresh_from_db()
    assert (told.status_code, letter.sender_name) == (200, "Third")


def test_t60_a_form_with_an_error_does_not_forget_what_it_was_opened_on(
    two: tuple[Client, Client],
) -> None:
    letter = make_letter(sender_name="First")
    opened = form_of(two[0].get(page_of(letter)))
    Letter.objects.update(sender_name="Second")
    wrong = save(two[0], letter, opened, goal="-5")
    assert save(two[0], letter, form_of(wrong), goal="5").status_code == 302
    letter.refresh_from_db()
    assert (letter.sender_name, letter.goal) == ("Second", 5)


def test_t60_a_text_that_somebody_else_rewrote_is_not_overwritten_unseen(
    two: tuple[Client, Client],
) -> None:
    version = make_draft(make_letter())
    mine, theirs = (form_of(desk.get(page_of(version))) for desk in two)
    save(two[1], version, theirs, translations__0__markdown="Their words. " * 30)
    told = save(two[0], version, mine, translations__0__markdown="My words.")
    assert version.translations.get().markdown.startswith("Their words.")
    page = told.content.decode()
    assert ("Their words." in page, "My words." in page) == (True, True)


def test_t60_a_language_that_somebody_else_deleted_gets_a_sentence(
    two: tuple[Client, Client],
) -> None:
    letter = make_letter(texts={"en": ("A", "One."), "de": ("B", "Eins.")})
    version = make_draft(letter)
    opened = form_of(two[0].get(page_of(version)))
    version.translations.filter(language="de").delete()
    told = save(two[0], version, opened, reason="clearer")
    assert told.status_code == 200
    assert told.context["errors"]


def test_t60_the_rights_of_a_user_are_not_given_back_by_saving_a_name(
    two: tuple[Client, Client],
) -> None:
    user, group = make_staff("new@example.org"), Group.objects.create(name="editors")
    user.groups.add(group)
    opened = form_of(two[0].get(page_of(user)))
    User.objects.filter(pk=user.pk).update(is_superuser=False, is_staff=False)
    user.groups.clear()
    save(two[0], user, opened, first_name="Nora")
    user.refresh_from_db()
    assert (user.first_name, user.is_superuser, user.is_staff) == ("Nora", False, False)
    assert not user.groups.exists()


def test_t60_a_new_password_writes_nothing_else(two: tuple[Client, Client]) -> None:
    user = make_staff("new@example.org")
    path = reverse("admin:auth_user_password_change", args=[user.pk])
    new = "an-other-password-for-tests"
    sent = {"password1": new, "password2": new, "usable_password": "true"}
    with CaptureQueriesContext(connection) as asked:
        assert two[0].post(path, sent).status_code == 302
    assert columns_written(asked, tables_of(user)) == {"password"}


@pytest.mark.parametrize(
    "garbage",
    ["", "x", "[1]", "{", "{}", "null", '{"goal": 1}', '{"goal": null}', '"goal"', "[" * 5000],
)
def test_t60_a_form_that_does_not_say_what_it_was_opened_on_overwrites_nothing(
    two: tuple[Client, Client], garbage: str
) -> None:
    letter = make_letter(goal=7)
    opened = {**form_of(two[0].get(page_of(letter))), "opened_on": garbage}
    told = save(two[0], letter, opened, goal="5")
    letter.refresh_from_db()
    assert (told.status_code, letter.goal) == (200, 7)
    (why,) = told.context["adminform"].form.errors.as_data()["goal"]
    assert why.code == "changed_meanwhile"
    assert save(two[0], letter, form_of(told)).status_code == 302  # by now they know
    letter.refresh_from_db()
    assert letter.goal == 5


@pytest.mark.parametrize("label", sorted(set(SAMPLES) & set(REGISTERED)))
def test_t60_no_form_of_any_admin_saves_what_was_typed_unseen(label: str) -> None:
    make, field, typed = SAMPLES[label]
    row, desk = make(), log_in(make_moderator("boss@example.org"))
    if not field:
        return
    seen = form_of(desk.get(page_of(row)))
    unseen = {name: said for name, said in seen.items() if not name.endswith("opened_on")}
    assert len(unseen) < len(seen)
    with CaptureQueriesContext(connection) as asked:
        told = desk.post(page_of(row), {**unseen, field: typed})
    assert (told.status_code, columns_written(asked, tables_of(row))) == (200, set())
    assert told.context["errors"]


@pytest.mark.django_db(transaction=True)
def test_t60_of_two_who_save_at_once_one_is_told() -> None:
    letter = make_letter()
    desks = [log_in(make_moderator(f"{name}@example.org")) for name in ("olive", "sam")]
    opened = [form_of(desk.get(page_of(letter))) for desk in desks]
    start, statuses = threading.Barrier(2), []

    def press(number: int) -> None:
        start.wait()
        response = save(desks[number], letter, opened[number], sender_name=f"Sender {number}")
        statuses.append(response.status_code)
        connection.close()

    threads = [threading.Thread(target=press, args=[number]) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 302]


@pytest.mark.parametrize("label", sorted(REGISTERED))
@pytest.mark.parametrize("page", ["change", "delete"])
def test_an_empty_name_of_a_field_is_none(label: str, page: str) -> None:
    model = REGISTERED[label]
    desk = log_in(make_moderator("boss@example.org"))
    make = SAMPLES[label][0] if label in SAMPLES else None
    key = make().pk if make else 1
    path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=[key])
    for answer in (desk.get(f"{path}?_to_field="), desk.post(path, {"_to_field": ""})):
        assert answer.status_code in {200, 302, 403, 404, 405}
