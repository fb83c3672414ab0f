"""The moderation desk: find signatures; hold, publish, remove them, each with a reason."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from openletter.ledger.models import LedgerEntry, Tally
from openletter.letters.models import Letter
from openletter.lib.people.addresses import email_key
from openletter.moderation.models import AuditEntry
from openletter.privacy import flows as privacy_flows
from openletter.signatures.admin import SignatureAdmin
from openletter.signatures.models import Signature
from tests.asking import change, form_of
from tests.factories import (
    log_in,
    make_held,
    make_many,
    make_moderator,
    make_published,
    make_signature,
)
from tests.queries import queries_of
from tests.signatures.steps import LIST, choose, messages_of
from tests.steps import state_of

pytestmark = pytest.mark.django_db
S = Signature.State


def decide(desk: Client, to: str, *signatures: Signature, reason: str = "a forgery") -> Any:
    shown = {f"shown-{one.pk}": as_shown(one) for one in signatures}
    return choose(desk, to, *signatures, decided="1", reason=reason, **shown)


def as_shown(signature: Signature) -> str:
    """What the page says of a signature that was opened just now."""
    now = Signature.objects.get(pk=signature.pk)
    return SignatureAdmin(Signature, admin.site).shown(now)


def number() -> int:
    return Tally.objects.get().people


def names_found(desk: Client, search: str) -> list[str]:
    response = desk.post(LIST, {"search": search}, follow=True)
    assert "@" not in response.request["QUERY_STRING"]
    return sorted(one.name for one in response.context["cl"].result_list)


ARROWS = [
    ("held", "published", 1),
    ("held", "removed", 0),
    ("published", "held", 0),
    ("published", "removed", 0),
    ("removed", "published", 1),
]


@pytest.mark.parametrize(("before", "after", "count"), ARROWS)
def test_i11_a_decision_changes_the_state_the_number_and_the_record(
    before: str, after: str, count: int
) -> None:
    moderator = make_moderator()
    desk = log_in(moderator)
    signature = make_held() if before == "held" else make_published()
    make_published(name="Somebody Else")
    if before == "removed":
        decide(desk, "removed", signature)
    response = decide(desk, after, signature, reason="seen her passport")
    entry = AuditEntry.objects.filter(object_kind="signature").latest("pk")
    assert response.status_code == 302
    assert (state_of(signature), number()) == (after, count + 1)
    assert (entry.actor, entry.reason) == (moderator, "seen her passport")
    assert (entry.before, entry.after) == ({"state": before}, {"state": after})
    assert entry.object_id == str(signature.public_id)


@pytest.mark.parametrize("to", ["held", "published", "removed"])
def test_choosing_only_asks(desk: Client, to: str) -> None:
    make = make_held if to == "published" else make_published
    signature = make(name="Suzie <b>Signer</b>")
    before = state_of(signature)
    response = choose(desk, to, signature)
    page = response.content.decode()
    assert response.status_code == 200
    assert "Suzie &lt;b&gt;Signer&lt;/b&gt;" in page
    assert 'name="reason"' in page
    assert state_of(signature) == before
    assert not AuditEntry.objects.filter(object_kind="signature").exists()


@pytest.mark.parametrize("reason", ["", "   ", "x", "x" * 501])
def test_a_decision_needs_a_reason(desk: Client, reason: str) -> None:
    signature = make_published()
    response = decide(desk, "removed", signature, reason=reason)
    assert response.status_code == 200
    assert response.context["form"].errors["reason"]
    assert state_of(signature) == "published"


REFUSED = [
    ("pending", "published"),
    ("pending", "removed"),
    ("pending", "held"),
    ("expired", "published"),
    ("withdrawn", "published"),
    ("held", "held"),
]


@pytest.mark.parametrize(("before", "to"), REFUSED)
def test_what_cannot_be_done_says_so_and_changes_nothing(
    desk: Client, before: str, to: str
) -> None:
    signature = make_signature(state=before, confirmed_at=timezone.now())
    response = decide(desk, to, signature)
    assert messages_of(response) == ["warning"]
    assert state_of(signature) == before
    assert not AuditEntry.objects.filter(object_kind="signature").exists()


def test_of_several_each_is_decided_by_itself(desk: Client) -> None:
    good, pending, other = make_published(), make_signature(), make_published()
    response = decide(desk, "removed", good, pending, other)
    assert messages_of(response) == ["success", "warning"]
    assert [state_of(one) for one in (good, pending, other)] == ["removed", "pending", "removed"]
    assert number() == 0
    assert AuditEntry.objects.filter(object_kind="signature").count() == 2


def test_removing_can_be_undone_and_leaves_both_lines_in_the_ledger(desk: Client) -> None:
    signature = make_published()
    decide(desk, "removed", signature)
    decide(desk, "published", signature)
    kinds = LedgerEntry.objects.order_by("index").values_list("kind", flat=True)
    assert list(kinds) == ["signed", "removed", "restored"]
    assert number() == 1


def test_a_careless_click_reaches_two_hundred_at_most(desk: Client, letter: Letter) -> None:
    make_many(letter, 201)
    everything = {"select_across": "1", "reason": "a forgery", "decided": "1"}
    choose(desk, "removed", Signature.objects.latest("pk"), **everything)
    assert number() == 201  # nothing of it was shown


def test_nothing_can_be_deleted_or_added(desk: Client) -> None:
    signature = make_published()
    page = desk.get(LIST).content.decode()
    assert 'value="delete_selected"' not in page
    assert "/signature/add/" not in page
    assert choose(desk, "delete_selected", signature, post="yes").status_code in {200, 302}
    assert desk.post(f"{LIST}{signature.pk}/delete/", {"post": "yes"}).status_code == 403
    assert desk.get(f"{LIST}add/").status_code == 403
    assert state_of(signature) == "published"


def test_a_search_finds_a_part_of_a_name(desk: Client) -> None:
    for name in ("Suzie Signer", "Sam Signer", "Olive"):
        make_published(name=name)
    assert names_found(desk, "signer") == ["Sam Signer", "Suzie Signer"]
    assert names_found(desk, "  olive ") == ["Olive"]
    assert names_found(desk, "nobody") == []
    assert len(names_found(desk, "")) == 3


@pytest.mark.parametrize("typed", ["suzie.signer@gmail.com", " SuzieSigner+x@googlemail.com "])
def test_a_search_finds_a_whole_address_in_any_spelling(desk: Client, typed: str) -> None:
    make_published(name="Suzie", email="suzie.signer@gmail.com")
    make_published(name="Sam", email="sam@example.org")
    assert names_found(desk, typed) == ["Suzie"]


@pytest.mark.parametrize("typed", ["suzie@", "@example.org", "s@example.org", "@", "a@b@c\u0000"])
def test_a_part_of_an_address_finds_nobody(desk: Client, typed: str) -> None:
    make_published(name="Suzie", email="suzie@example.org")
    assert names_found(desk, typed) == []


def test_i16_an_address_stands_in_no_url_and_on_no_page(desk: Client) -> None:
    signature = make_published(email="suzie@example.org")
    response = desk.post(LIST, {"search": "suzie@example.org"})
    assert response["Location"] == f"{LIST}?address={email_key('suzie@example.org').hex()}"
    pages = [response["Location"], LIST, f"{LIST}{signature.pk}/change/"]
    for page in pages:
        assert "suzie@example.org" not in desk.get(page).content.decode()


@pytest.mark.parametrize("address", ["nonsense", "00", "", "zz" * 32])
def test_an_address_key_that_is_none_finds_nobody_and_says_so(desk: Client, address: str) -> None:
    make_published()
    response = desk.get(f"{LIST}?address={address}")
    assert response.status_code == 200
    assert len(response.context["cl"].result_list) == 0
    assert "cannot be filtered" in response.content.decode()


def test_a_search_for_a_part_of_an_address_says_that_all_of_it_is_needed(desk: Client) -> None:
    make_published(email="suzie@nordhavn.example")
    for typed in ("suzie@", "@nordhavn.example", "a@b@c"):
        page = desk.post(LIST, {"search": typed}, follow=True).content.decode()
        assert "only a whole one can be found" in page
        assert typed not in page
    page = desk.post(LIST, {"search": "suzie@example"}, follow=True).content.decode()
    assert "“suzie@example” as a part of a name. To find an e-mail address" in page
    page = desk.post(LIST, {"search": "suzie@nordhavn.example"}, follow=True).content.decode()
    assert "You searched for an e-mail address." in page


def test_a_search_says_whom_it_looks_through(desk: Client) -> None:
    make_published(name="Suzie")
    page = desk.post(LIST, {"search": "suzie"}, follow=True).content.decode()
    assert "You searched for “suzie”. Only confirmed signatures are searched" in page
    page = desk.get(f"{LIST}?q=suzie&state__exact=pending").content.decode()
    assert "You searched for “suzie”." in page
    assert "Only confirmed" not in page


def test_a_search_keeps_the_filters_and_not_the_last_search(desk: Client) -> None:
    answer = desk.post(f"{LIST}?state__exact=pending&q=olive&p=3", {"search": "suzie"})
    assert answer["Location"] == f"{LIST}?state__exact=pending&q=suzie"
    answer = desk.post(f"{LIST}?state__exact=held&q=olive", {"search": "suzie@example.org"})
    key = email_key("suzie@example.org").hex()
    assert answer["Location"] == f"{LIST}?state__exact=held&address={key}"


def test_the_list_is_filtered_by_state_letter_and_date(desk: Client) -> None:
    published = make_published(name="Published")
    make_held(name="Held")
    for query, names in (
        ("state__exact=held", ["Held"]),
        ("state__exact=published", ["Published"]),
        (f"letter__id__exact={published.letter_id}", ["Held", "Published"]),
        ("created_at__gte=2000-01-01 00:00:00%2B00:00", ["Held", "Published"]),
        ("created_at__gte=2999-01-01 00:00:00%2B00:00", []),
    ):
        found = desk.get(f"{LIST}?{query}").context["cl"].result_list
        assert sorted(one.name for one in found) == names, query


def change_page(signature: Signature) -> str:
    return f"{LIST}{signature.pk}/change/"


def test_what_a_person_wrote_cannot_be_rewritten(desk: Client) -> None:
    signature = make_published(name="Suzie Signer", affiliation="Nordhavn Archive")
    forged = {"name": "Mallory", "affiliation": "", "state": "removed", "show_name": ""}
    forged |= {"email": "m@example.org", "first_position": "3"}
    change(desk, change_page(signature), forged)
    after = Signature.objects.get()
    assert (after.name, after.affiliation) == ("Suzie Signer", "Nordhavn Archive")
    assert (after.state, after.show_name, after.email) == ("published", True, signature.email)
    assert after.first_position == 3


@pytest.mark.parametrize("position", ["0", "-1", "99999999", "x"])
def test_a_place_among_the_first_is_a_number_from_one(desk: Client, position: str) -> None:
    signature = make_published()
    response = change(desk, change_page(signature), {"first_position": position})
    assert response.status_code == 200
    assert Signature.objects.get().first_position is None


@pytest.mark.parametrize("state", ["pending", "expired", "withdrawn"])
def test_what_is_in_no_list_gets_no_place_there(desk: Client, state: str) -> None:
    confirmed_at = timezone.now() if state == "withdrawn" else None
    signature = make_signature(state=state, confirmed_at=confirmed_at)
    refused = change(desk, change_page(signature), {"first_position": "1"})
    assert (refused.status_code, Signature.objects.get().first_position) == (200, None)


def test_what_was_erased_gets_no_place(desk: Client) -> None:
    signature = make_published()
    what = privacy_flows.Erasure(bytes(signature.email_key), keep_count=True)
    privacy_flows.erase(what, now=timezone.now())
    refused = change(desk, change_page(signature), {"first_position": "1"})
    assert (refused.status_code, Signature.objects.get().first_position) == (200, None)


def test_placing_a_signature_does_not_undo_what_happened_meanwhile(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another moderator removes it between reading the row and saving it."""
    signature = make_published()
    save_model = SignatureAdmin.save_model

    def slowly(*args: Any, **kwargs: Any) -> None:
        Signature.objects.update(state="removed")
        save_model(*args, **kwargs)

    monkeypatch.setattr(SignatureAdmin, "save_model", slowly)
    change(desk, change_page(signature), {"first_position": "1"})
    after = Signature.objects.get()
    assert (after.state, after.first_position) == ("removed", 1)


def staff_with(*codenames: str) -> Client:
    user = make_moderator("staff@example.org", is_superuser=False)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return log_in(user)


def test_who_may_only_read_sees_the_list_and_no_decisions() -> None:
    signature = make_published()
    reader = staff_with("view_signature")
    page = reader.get(LIST)
    assert page.status_code == 200
    assert 'name="action"' not in page.content.decode()
    decide(reader, "removed", signature)
    assert state_of(signature) == "published"


@pytest.mark.parametrize("path", [LIST, "/admin/ledger/ledgerentry/", "/admin/mail/outgoingmail/"])
def test_staff_without_a_permission_read_nothing(path: str) -> None:
    assert staff_with().get(path).status_code == 403


def test_the_list_takes_the_same_queries_for_one_row_and_for_fifty(
    desk: Client, letter: Letter
) -> None:
    make_many(letter, 1)
    few = queries_of(desk, LIST)
    make_many(letter, 49)
    assert queries_of(desk, LIST) == few


def test_a_decision_from_another_site_is_refused() -> None:
    """T26: pages with a session carry Django's token."""
    signature = make_published()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_moderator())
    assert decide(strict, "removed", signature).status_code == 403
    assert state_of(signature) == "published"


def decisions_offered(desk: Client, signature: Signature) -> set[str]:
    shown = desk.get(f"{LIST}{signature.pk}/change/").content.decode()
    return set(re.findall(r'formaction="[^"]+" name="action" value="(\w+)"', shown))


def test_a_signature_can_be_decided_on_its_own_page_as_in_the_list() -> None:
    desk = log_in()
    held, published, pending = make_held(), make_published(), make_signature()
    assert decisions_offered(desk, held) == {S.PUBLISHED, S.REMOVED}
    assert decisions_offered(desk, published) == {S.HELD, S.REMOVED}
    assert decisions_offered(desk, pending) == set()
    sent = form_of(desk.get(f"{LIST}{held.pk}/change/"))
    asked = desk.post(LIST, {**sent, "action": S.PUBLISHED})
    assert [one.pk for one, _shown in asked.context["chosen"]] == [held.pk]
    assert state_of(held) == S.HELD


def test_who_may_only_look_is_offered_no_decision() -> None:
    user = make_moderator("sandra@example.org", is_superuser=False)
    user.user_permissions.add(Permission.objects.get(codename="view_signature"))
    assert decisions_offered(log_in(user), make_held()) == set()
