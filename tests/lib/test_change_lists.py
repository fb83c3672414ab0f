"""Every list of the admin takes any query string, and filters by what it declares only."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from openletter.lib.people.addresses import email_key
from openletter.signatures.admin import SignatureAdmin
from tests.factories import log_in, make_letter, make_moderator, make_published, make_update
from tests.steps import SUZIE

pytestmark = pytest.mark.django_db
LISTS = sorted(
    reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    for model in admin.site._registry
)
SIGNATURES = "/admin/signatures/signature/"
# What can be sorted where rows are many; elsewhere it is every column.
ORDERS: dict[str, tuple[str, ...]] = {
    SIGNATURES: ("o=7", "o=-7"),
    "/admin/ledger/ledgerentry/": (),
    "/admin/mail/outgoingmail/": (),
}
# Lists that are read by those only who act on them, though not in them.
NOT_FOR_VIEWERS = {"/admin/sweeps/sweep/": "change_signature"}
HUGE = "9" * 60
# What no list can be asked for: it is empty, and says so.
WRONG = [
    "p=0", "p=-1", "p=x", f"p={HUGE}", "p=1.5", "p=%00", "p=", "p=%D9%A1",
    "o=x", "o=99", "o=-", "o=1.x", "o=.", f"o={HUGE}", "o=1e9", "o=", "o=0",
    "q=%00", "q=a%00b", "q=" + "x" * 5000,
    "nonsense=1", "e=1&nonsense=1", "pk=1", "id=1", "id__exact=1", "pk__in=1,2", "=", "%00=1",
    "_to_field=password", "_to_field=nonsense", "__=1", "x__y__z__in=1",
]  # fmt: skip
FILTERS = {
    "/admin/letters/letter/": ["state__exact", "policy__exact"],
    "/admin/letters/textversion/": ["letter__id__exact"],
    "/admin/letters/update/": ["letter__id__exact"],
    "/admin/signatures/signature/": [
        *("state__exact", "letter__id__exact", "created_at__gte", "created_at__lt", "kind__exact"),
        *("flag", "because", "address"),
    ],
    "/admin/ledger/ledgerentry/": ["letter__id__exact", "kind__exact"],
    "/admin/mailings/mailing/": ["state__exact"],
    "/admin/mail/outgoingmail/": ["state__exact", "lane__exact", "kind"],
    "/admin/moderation/auditentry/": ["act", "about", "at__gte"],
    "/admin/moderation/listedsource/": ["kind__exact", "verdict__exact"],
    "/admin/accounts/user/": ["is_staff__exact", "is_superuser__exact", "groups__id__exact"],
}
VALUES = [
    "x",
    "-1",
    HUGE,
    "%00",
    "None",
    "1,2",
    "' OR 1=1 --",
    "2026-13-45",
    "0000-00-00",
    "zz" * 32,
]
# Columns that a list does not show, or by which it does not filter.
HIDDEN = {
    "/admin/signatures/signature/": [
        *("email_domain__startswith=e", "email_domain=example.org", "comment__contains=a"),
        *("email__startswith=g", "email_key__isnull=False", "letter__slug__startswith=o"),
        *("name__regex=.*", "state__regex=.", "translation__version__letter__state=open"),
    ],
    "/admin/mail/outgoingmail/": ["recipient_domain__startswith=e", "dedupe_key__contains=a"],
    "/admin/accounts/user/": ["password__startswith=pbkdf2", "email__startswith=a"],
    "/admin/moderation/listedsource/": ["value__startswith=0", "reason__contains=a"],
    "/admin/letters/letter/": [
        "sender_name__contains=a",
        "versions__translations__html__contains=a",
    ],
}


@pytest.fixture
def rows(db: None) -> None:
    """One of each at least, so that an empty list is one that shows nothing of it."""
    make_published(make_letter(), email=SUZIE)
    make_update()


def warned(response: Any) -> list[str]:
    return [one.level_tag for one in response.context["messages"]]


def shown(response: Any) -> int:
    return len(response.context["cl"].result_list)


@pytest.mark.slow
@pytest.mark.parametrize("address", LISTS)
@pytest.mark.usefixtures("rows")
def test_a_wrong_query_is_an_empty_list_with_a_sentence(desk: Client, address: str) -> None:
    # Each way of being wrong is tried on the largest list, and a few on each.
    for query in WRONG if address == SIGNATURES else WRONG[::4]:
        response = desk.get(f"{address}?{query}")
        assert response.status_code == 200, query
        assert (shown(response), warned(response)) == (0, ["warning"]), query


@pytest.mark.slow
@pytest.mark.parametrize("address", LISTS)
@pytest.mark.usefixtures("rows")
def test_a_right_query_shows_what_there_is(desk: Client, address: str) -> None:
    whole = shown(desk.get(address))
    orders = ORDERS.get(address, ("o=1", "o=-1"))
    for query in ("", *orders, "p=1", "all=", "q=", "_popup=1", "_facets=True"):
        response = desk.get(f"{address}?{query}")
        assert (response.status_code, shown(response), warned(response)) == (200, whole, []), query


@pytest.mark.slow
@pytest.mark.parametrize("address", FILTERS)
@pytest.mark.usefixtures("rows")
def test_a_wrong_value_of_a_filter_is_an_empty_list_with_a_sentence(
    desk: Client, address: str
) -> None:
    for name in FILTERS[address]:
        for value in VALUES:
            response = desk.get(f"{address}?{name}={value if '%' in value else quote(value)}")
            assert (response.status_code, shown(response)) == (200, 0), (name, value)
            page = response.content.decode()
            assert "Nothing matches" in page or "cannot be filtered" in page, (name, value)


OF_CODES = [
    *("/admin/signatures/signature/?state__exact", "/admin/signatures/signature/?state"),
    *("/admin/signatures/signature/?flag", "/admin/signatures/signature/?because"),
    *("/admin/signatures/signature/?address", "/admin/mail/outgoingmail/?kind"),
    *("/admin/moderation/auditentry/?act", "/admin/moderation/auditentry/?about"),
    *("/admin/letters/letter/?policy", "/admin/mail/outgoingmail/?lane__exact"),
]


@pytest.mark.parametrize("address", OF_CODES)
@pytest.mark.parametrize("value", ["nonsense", "", "PUBLISHED"])
@pytest.mark.usefixtures("rows")
def test_a_choice_that_there_is_not_is_named_as_the_fault(
    desk: Client, address: str, value: str
) -> None:
    response = desk.get(f"{address}={value}")
    assert (response.status_code, shown(response), warned(response)) == (200, 0, ["warning"])
    assert "cannot be filtered" in response.content.decode()


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.usefixtures("rows")
def test_a_list_says_what_was_searched_for(desk: Client, address: str) -> None:
    if "searchbar" not in desk.get(address).content.decode():
        pytest.skip("this list has no search")
    page = desk.get(f"{address}?q=<b>nobody</b>").content.decode()
    assert "You searched for “&lt;b&gt;nobody&lt;/b&gt;”." in page
    assert "You searched" not in desk.get(address).content.decode()


@pytest.mark.parametrize("address", HIDDEN)
@pytest.mark.usefixtures("rows")
def test_a_list_is_filtered_by_what_it_declares_only(desk: Client, address: str) -> None:
    pages = {}
    for query in HIDDEN[address]:
        response = desk.get(f"{address}?{query}")
        assert (response.status_code, shown(response), warned(response)) == (200, 0, ["warning"])
        pages[query] = response.content.decode()
    # Whether it would have found somebody makes no difference.
    other = desk.get(f"{address}?{HIDDEN[address][0]}zzz").content.decode()
    first = pages[HIDDEN[address][0]]
    assert without_token(first) == without_token(other)


def without_token(page: str) -> str:
    return "".join(part.partition('"')[2] for part in page.split('csrfmiddlewaretoken" value="'))


@pytest.mark.slow
@pytest.mark.parametrize("address", LISTS)
@pytest.mark.usefixtures("rows")
def test_odd_choices_for_an_action_change_nothing(desk: Client, address: str) -> None:
    name = "removed" if address == SIGNATURES else "delete_selected"
    for chosen in ("x", "-1", HUGE, "1.5"):
        sent = {"action": name, "_selected_action": chosen, "index": "0", "reason": "because"}
        for more in ({"decided": "1"}, {"index": HUGE}):
            assert desk.post(address, {**sent, **more}).status_code in {200, 302}, chosen


def test_a_search_without_the_permission_says_nothing_about_an_address() -> None:
    make_published(email="suzie@example.org")
    nobody = log_in(make_moderator("plain@example.org", is_superuser=False))
    for address in LISTS:
        for typed in ("suzie@example.org", "somebody.else@example.org", "Suzie", ""):
            answers = {nobody.post(address, {"search": typed}).status_code}
            assert answers == {403}, address


ASKED_ABOUT_AN_ADDRESS = [
    ("/admin/privacy/", {"email": "suzie@example.org"}),
    (f"/admin/privacy/{email_key('suzie@example.org').hex()}/", None),
    (f"/admin/privacy/{email_key('suzie@example.org').hex()}/export/", {"reason": "because"}),
    (f"/admin/privacy/{email_key('suzie@example.org').hex()}/erase/", {"reason": "because"}),
    ("/admin/privacy/nonsense/", None),
    ("/admin/moderation/listedsource/add/", {"kind": "address", "value": "suzie@example.org"}),
    ("/admin/signatures/signature/?address=" + email_key("suzie@example.org").hex(), None),
    ("/admin/delivery/throttles/letter:1/", {"reason": "because"}),
    ("/admin/delivery/throttles/nonsense/", {"reason": "because"}),
    ("/admin/delivery/", None),
    ("/admin/delivery/self-test/", None),
    ("/admin/autocomplete/?app_label=accounts&model_name=user&field_name=email&term=s", None),
]


@pytest.mark.parametrize(("path", "typed"), ASKED_ABOUT_AN_ADDRESS)
def test_nothing_is_answered_before_the_permission_is_checked(
    path: str, typed: dict[str, str] | None
) -> None:
    make_published(email="suzie@example.org")
    moderator = make_moderator("plain@example.org", is_superuser=False)
    moderator.user_permissions.set(Permission.objects.filter(codename="view_letter"))
    nobody = log_in(moderator)
    response = nobody.get(path) if typed is None else nobody.post(path, typed)
    assert response.status_code == 403


PATHS = [
    "/admin/signatures/signature/%00/change/",
    f"/admin/signatures/signature/{HUGE}/change/",
    "/admin/signatures/signature/x/history/",
    f"/admin/letters/letter/{HUGE}/open/act/",
    "/admin/letters/letter/1/%00/act/",
    "/admin/letters/letter/add/?reference_language=xx&goal=x",
    "/admin/letters/update/add/?letter=x",
    f"/admin/letters/update/add/?letter={HUGE}",
    "/admin/letters/update/add/?letter=%00",
    "/admin/letters/letter/add/?_to_field=password",
    "/admin/delivery/throttles/%00/",
    "/admin/delivery/throttles/" + "x" * 300 + "/",
    f"/admin/delivery/alarms/{HUGE}/",
    "/admin/privacy/%00/",
    "/admin/r/x/1/",
    "/admin/r/1/%00/",
    "/admin/mail/outgoingmail/%00/change/",
    "/admin/nonsense/",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.usefixtures("rows")
def test_an_odd_address_of_the_desk_is_answered(desk: Client, path: str) -> None:
    for response in (desk.get(path), desk.post(path, {"reason": "because"})):
        assert response.status_code < 500


@pytest.mark.usefixtures("rows")
def test_a_list_that_takes_too_long_is_empty_with_a_sentence(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(_admin: object, _request: object, rows: Any, _term: str) -> tuple[Any, bool]:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 20")
        return rows.extra(where=["pg_sleep(30) IS NOT NULL"]), False

    monkeypatch.setattr(SignatureAdmin, "get_search_results", slow)
    response = desk.get(f"{SIGNATURES}?q=suzie")
    assert (response.status_code, shown(response), warned(response)) == (200, 0, ["warning"])
    assert "too long" in response.content.decode()


@pytest.mark.usefixtures("rows")
def test_a_database_that_is_away_is_no_wrong_query(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_admin: object, _request: object, rows: Any, term: str) -> tuple[Any, bool]:
        if term:
            raise OperationalError("server closed the connection")
        return rows, False

    monkeypatch.setattr(SignatureAdmin, "get_search_results", away)
    with pytest.raises(OperationalError):
        desk.get(f"{SIGNATURES}?q=suzie")


@pytest.mark.parametrize("problem", [TypeError, ValueError])
@pytest.mark.usefixtures("rows")
def test_a_mistake_of_ours_is_no_wrong_query(
    desk: Client, monkeypatch: pytest.MonkeyPatch, problem: type[Exception]
) -> None:
    def mistaken(_admin: object, _request: object, rows: Any, term: str) -> tuple[Any, bool]:
        if term:
            raise problem
        return rows, False

    monkeypatch.setattr(SignatureAdmin, "get_search_results", mistaken)
    with pytest.raises(problem):
        desk.get(f"{SIGNATURES}?q=suzie")


@pytest.mark.usefixtures("rows")
def test_a_wrong_query_leaves_its_kind_in_the_log_and_nothing_of_it(
    desk: Client, caplog: pytest.LogCaptureFixture
) -> None:
    desk.get(f"{SIGNATURES}?letter__id__exact=suzie")
    (record,) = [one for one in caplog.records if one.name == "openletter.lib.admin.change_lists"]
    assert "signatures.Signature: not shown (WrongQuery" in record.getMessage()
    assert "suzie" not in record.getMessage()


@pytest.mark.slow
@pytest.mark.parametrize("address", LISTS)
@pytest.mark.usefixtures("rows")
def test_who_may_only_look_is_told_of_a_wrong_order_too(address: str) -> None:
    """Without actions a list has one column less."""
    looks = make_moderator("viewer@example.org", is_superuser=False)
    seen = Permission.objects.filter(codename__startswith="view_")
    needs_more = Permission.objects.filter(codename=NOT_FOR_VIEWERS.get(address))
    looks.user_permissions.set(seen | needs_more)
    desk = log_in(looks)
    for column in range(1, 12):
        assert desk.get(f"{address}?o={column}").status_code == 200, column
