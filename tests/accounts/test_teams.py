"""T34: people in a team see and act on its letters, each by their role, and on nobody else's."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from openletter.accounts import access
from openletter.accounts.access import TEAM_ROLES, Action
from openletter.accounts.models import Membership, Team, User
from openletter.letters.models import Letter, TextVersion, Update
from openletter.moderation import audit
from openletter.moderation.models import AuditEntry
from openletter.signatures.models import Signature
from openletter.sweeps.models import Sweep
from tests.accounts.steps import LIST, make_helper
from tests.factories import decide as decide_as_moderator
from tests.factories import (
    log_in,
    make_draft,
    make_held,
    make_letter,
    make_moderator,
    make_update,
)

pytestmark = pytest.mark.django_db
A, Role = Action, Membership.Role
QUEUE = "/admin/signatures/signature/queue/"


@dataclass
class Property:
    """A team, and a row of everything that belongs to it."""

    team: Team
    letter: Letter
    draft: TextVersion
    update: Update
    held: Signature


def make_team(name: str, slug: str) -> Property:
    team = Team.objects.create(name=name)
    texts = {"en": (f"Letter of {name}", "Dear world, listen.")}
    letter = make_letter(slug=slug, texts=texts, team=team)
    draft = make_draft(letter, en=f"Dear world, listen to the {name}.")
    update = make_update(letter, published=False)
    held = make_held(letter, email=f"signer@{slug}.example.org", name=f"Signer of {name}")
    return Property(team, letter, draft, update, held)


@pytest.fixture
def ours() -> Property:
    return make_team("Listeners", "ours")


@pytest.fixture
def theirs() -> Property:
    return make_team("Speakers", "theirs")


def member(of: Property, role: str, email: str = "sam@example.org") -> User:
    """Make somebody in a team, without any permission."""
    user = make_moderator(email, is_superuser=False)
    Membership.objects.create(team=of.team, user=user, role=role)
    return user


@pytest.mark.parametrize("role", Role)
def test_t34_a_role_allows_what_stands_in_its_row(
    ours: Property, theirs: Property, role: str
) -> None:
    user = member(ours, role)
    mine = {action for action in Action if access.may(user, action, ours.letter)}
    assert mine - {A.ENTER_DESK} == TEAM_ROLES[role]
    for about in (theirs.letter, theirs.held, theirs.draft, theirs.update, make_letter()):
        others = {action for action in Action if access.may(user, action, about)}
        assert others == {A.ENTER_DESK}


def test_roles_grow_with_their_names() -> None:
    rows = [TEAM_ROLES[role] for role in Role]
    assert set(TEAM_ROLES) == set(Role)
    assert all(less < more for less, more in pairwise(rows))


def test_who_has_a_permission_sees_all_teams(ours: Property, theirs: Property) -> None:
    boss = log_in()
    page = boss.get("/admin/letters/letter/").content.decode()
    assert ours.letter.title in page
    assert theirs.letter.title in page


LISTS = [
    "letters/letter",
    "letters/textversion",
    "letters/update",
    "signatures/signature",
    "ledger/ledgerentry",
    "mailings/mailing",
    "accounts/team",
]


@pytest.mark.parametrize("kind", LISTS)
def test_t34_lists_and_their_filters_show_ones_own(
    ours: Property, theirs: Property, kind: str
) -> None:
    page = log_in(member(ours, Role.OWNER)).get(f"/admin/{kind}/").content.decode()
    assert "Speakers" not in page


def test_t34_a_filter_by_anothers_letter_says_what_one_by_none_says(
    ours: Property, theirs: Property
) -> None:
    desk = log_in(member(ours, Role.OWNER))
    pages = [
        desk.get(f"/admin/signatures/signature/?letter__id__exact={key}").content.decode()
        for key in (theirs.letter.pk, 999_999)
    ]
    assert [page.count("cannot be filtered") for page in pages] == [1, 1]


def test_t34_search_finds_ones_own(ours: Property, theirs: Property) -> None:
    desk = log_in(member(ours, Role.VIEWER))
    page = desk.get("/admin/letters/letter/?q=letter").content.decode()
    assert ours.letter.title in page
    assert theirs.letter.title not in page


def test_t34_autocomplete_offers_ones_own(ours: Property, theirs: Property) -> None:
    desk = log_in(member(ours, Role.ORGANISER))
    asked = "app_label=letters&model_name=update&field_name=letter&term=letter"
    found = json.loads(desk.get(f"/admin/autocomplete/?{asked}").content)["results"]
    assert [one["id"] for one in found] == [str(ours.letter.pk)]


def addresses(of: Property) -> list[tuple[str, str]]:
    """Every page about a row of a team."""
    rows: dict[str, Any] = {
        "letters/letter": of.letter,
        "letters/textversion": of.draft,
        "letters/update": of.update,
        "signatures/signature": of.held,
        "accounts/team": of.team,
    }
    pages = [("get", f"{kind}/{row.pk}/change/") for kind, row in rows.items()]
    pages += [("post", f"{kind}/{row.pk}/change/") for kind, row in rows.items()]
    pages += [("get", f"{kind}/{row.pk}/history/") for kind, row in rows.items()]
    pages += [
        *[("get", f"{kind}/{rows[kind].pk}/delete/") for kind in ("letters/textversion",)],
        ("get", f"letters/letter/{of.letter.pk}/closed/act/"),
        ("post", f"letters/letter/{of.letter.pk}/closed/act/"),
        ("get", f"letters/textversion/{of.draft.pk}/publish/"),
        ("post", f"letters/textversion/{of.draft.pk}/publish/"),
        ("post", f"letters/textversion/{of.draft.pk}/preview/"),
        ("get", f"letters/update/{of.update.pk}/publish/"),
        ("post", f"letters/update/{of.update.pk}/publish/"),
        ("post", f"mailings/mailing/try/{of.update.pk}/"),
        ("post", f"mailings/mailing/prepare/{of.update.pk}/"),
        ("get", f"accounts/team/{of.team.pk}/people/"),
        ("post", f"accounts/team/{of.team.pk}/people/1/role/"),
        ("post", f"accounts/team/{of.team.pk}/people/1/end/"),
        ("post", f"accounts/team/{of.team.pk}/invite/"),
        ("post", f"accounts/team/{of.team.pk}/invitations/1/withdraw/"),
        ("post", f"accounts/team/{of.team.pk}/leave/"),
    ]
    return pages


def nothing() -> Property:
    """Rows that there are not."""
    key = 999_999
    return Property(
        Team(pk=key), Letter(pk=key), TextVersion(pk=key), Update(pk=key), Signature(pk=key)
    )


def test_t34_rows_of_another_team_are_not_there(
    ours: Property, theirs: Property, subtests: Any
) -> None:
    """Nobody tells a key of theirs from one that there is not."""
    desk = log_in(member(ours, Role.OWNER))
    pages = zip(addresses(theirs), addresses(nothing()), addresses(ours), strict=True)
    for (method, page), (_method, missing), (_same, own) in pages:
        with subtests.test(f"{method} {page}"):
            told = [getattr(desk, method)(f"/admin/{one}") for one in (page, missing)]
            first, second = [(one.status_code, one.headers.get("Location")) for one in told]
            assert first == second
            assert first in {(404, None), (302, "/admin/"), (403, None)}
            if method == "get":
                assert desk.get(f"/admin/{own}").status_code == 200
    assert not AuditEntry.objects.filter(actor__isnull=False).exists()


# --- What is smuggled into a form ----------------------------------------------------------------


def test_t34_no_update_begins_at_anothers_letter(ours: Property, theirs: Property) -> None:
    """Nor at one that somebody may only look at."""
    user = member(ours, Role.ORGANISER)
    looked_at = make_team("Readers", "looked-at")
    Membership.objects.create(team=looked_at.team, user=user, role=Role.VIEWER)
    desk = log_in(user)
    for letter in (theirs.letter, looked_at.letter, ours.letter):
        page = desk.get(f"/admin/letters/update/add/?letter={letter.pk}").content.decode()
        assert (f'value="{letter.pk}" selected' in page) == (letter == ours.letter)
        typed = {
            "letter": letter.pk,
            "texts-TOTAL_FORMS": 1,
            "texts-INITIAL_FORMS": 0,
            "texts-0-language": "en",
            "texts-0-title": "News",
            "texts-0-markdown": "We were heard.",
        }
        answer = desk.post("/admin/letters/update/add/", typed)
        assert answer.status_code == (302 if letter == ours.letter else 200)
    assert Update.objects.filter(letter__in=(theirs.letter, looked_at.letter)).count() == 2


def decide(desk: Client, chosen: list[int]) -> Any:
    page = {"action": "published", "_selected_action": chosen, "decided": "1", "reason": "known"}
    shown = {
        f"shown-{one.pk}": f"{one.revision}.{one.state}"
        for one in Signature.objects.filter(pk__in=chosen)
    }
    return desk.post("/admin/signatures/signature/", {**page, **shown})


def test_t34_bulk_decisions_leave_out_what_somebody_may_not_decide(
    ours: Property, theirs: Property
) -> None:
    user = member(ours, Role.MODERATOR)
    looked_at = make_team("Readers", "looked-at")
    Membership.objects.create(team=looked_at.team, user=user, role=Role.VIEWER)
    desk = log_in(user)
    decide(desk, [ours.held.pk, theirs.held.pk, looked_at.held.pk])
    states = [Signature.objects.get(pk=one.held.pk).state for one in (ours, theirs, looked_at)]
    assert states == ["published", "held", "held"]
    buttons = 'name="action" value="removed"'
    pages = [
        desk.get(f"/admin/signatures/signature/{one.held.pk}/change/").content.decode()
        for one in (ours, looked_at)
    ]
    assert [buttons in page for page in pages] == [True, False]


# --- The queue -----------------------------------------------------------------------------------


def card(signature: Signature) -> dict[str, Any]:
    return {
        "signature": signature.pk,
        "revision": signature.revision,
        "act": "published",
    }


def test_t34_the_queue_has_ones_own_cards(ours: Property, theirs: Property) -> None:
    desk = log_in(member(ours, Role.MODERATOR))
    page = desk.get(QUEUE).content.decode()
    assert ours.held.name in page
    assert "Speakers" not in page
    for asked in (f"?card={theirs.held.pk}", f"?letter={theirs.letter.pk}"):
        assert desk.get(f"{QUEUE}card/{asked}").status_code == 204
    assert "Speakers" not in desk.get("/admin/").content.decode()
    assert "Listeners" in desk.get("/admin/").content.decode()


def test_t34_the_queue_takes_decisions_about_ones_own(ours: Property, theirs: Property) -> None:
    user = member(ours, Role.MODERATOR)
    desk = log_in(user)
    assert desk.post(QUEUE, card(theirs.held)).status_code == 404
    assert desk.post(QUEUE, card(ours.held)).status_code == 302
    states = [Signature.objects.get(pk=one.held.pk).state for one in (ours, theirs)]
    assert states == ["published", "held"]
    Membership.objects.filter(user=user).update(team=theirs.team)
    assert desk.post(f"{QUEUE}undo/").status_code == 404
    assert Signature.objects.get(pk=ours.held.pk).state == "published"


def test_a_viewer_has_no_queue(ours: Property) -> None:
    assert log_in(member(ours, Role.VIEWER)).get(QUEUE).status_code == 403


def test_t34_a_card_tells_of_decisions_about_ones_own_letters(
    ours: Property, theirs: Property
) -> None:
    for of in (ours, theirs):
        earlier = make_held(of.letter, email="signer@ours.example.org", state="expired")
        audit.record(
            actor_id=make_moderator(f"{of.letter.slug}@example.org").pk,
            action="removed signature",
            object_kind="signature",
            object_id=earlier.public_id,
            reason=f"Odd, said the {of.team.name}.",
            now=timezone.now(),
        )
    page = log_in(member(ours, Role.MODERATOR)).get(QUEUE).content.decode()
    assert "Odd, said the Listeners." in page
    assert "Odd, said the Speakers." not in page


def test_t34_history_tells_members_what_became_of_their_objects(ours: Property) -> None:
    """The list of the whole record is for the site's own staff."""
    decide_as_moderator(ours.held, "published", reason="known to us")
    desk = log_in(member(ours, Role.VIEWER))
    page = desk.get(f"/admin/signatures/signature/{ours.held.pk}/history/").content.decode()
    assert "known to us" in page
    assert desk.get("/admin/moderation/auditentry/").status_code == 403


def test_a_page_asks_once_for_the_teams_of_its_reader(ours: Property) -> None:
    desk = log_in(member(ours, Role.OWNER))
    for page in ("/admin/", "/admin/letters/letter/", LIST, QUEUE):
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(page).status_code == 200
        found = [one for one in asked if 'FROM "accounts_membership"' in one["sql"]]
        assert len(found) == 1, page


# --- The team of a letter ------------------------------------------------------------------------


def begin(desk: Client, **typed: Any) -> Any:
    page = {"title": "New", "sender_name": "Us", "reference_language": "en", "policy": "at_once"}
    return desk.post("/admin/letters/letter/add/", {**page, "retention_months": 6, **typed})


def test_a_letter_begins_in_a_team_of_ones_own(ours: Property, theirs: Property) -> None:
    user, looked_at = member(ours, Role.ORGANISER), Team.objects.create(name="Readers")
    Membership.objects.create(team=looked_at, user=user, role=Role.MODERATOR)
    desk = log_in(user)
    assert begin(desk).status_code == 200
    assert begin(desk, team=theirs.team.pk).status_code == 200
    assert begin(desk, team=looked_at.pk).status_code == 200
    assert begin(desk, team=ours.team.pk).status_code == 302
    assert Letter.objects.get(title="New").team == ours.team


def test_only_who_leads_both_teams_moves_a_letter(ours: Property, theirs: Property) -> None:
    user = member(ours, Role.OWNER)
    seat = Membership.objects.create(team=theirs.team, user=user, role=Role.ORGANISER)
    page = f"/admin/letters/letter/{ours.letter.pk}/change/"

    def offered() -> list[str]:
        field = log_in(user).get(page).context["adminform"].form.fields["team"]
        return [str(team) for team in field.queryset]

    assert offered() == ["Listeners"]
    seat.role = Role.OWNER
    seat.save()
    user = User.objects.get(pk=user.pk)
    assert offered() == ["Listeners", "Speakers"]


def test_an_organiser_sees_the_team_and_changes_it_not(ours: Property) -> None:
    page = f"/admin/letters/letter/{ours.letter.pk}/change/"
    answer = log_in(member(ours, Role.ORGANISER)).get(page)
    assert answer.status_code == 200
    assert "team" not in answer.context["adminform"].form.fields


# --- Accounts ------------------------------------------------------------------------------------


def test_t57_who_is_in_a_team_is_changed_by_who_may_do_as_much(ours: Property) -> None:
    """Whoever sets somebody's password acts in their team."""
    helper, organiser = make_helper(), member(ours, Role.ORGANISER)
    assert not access.may(helper, A.CHANGE_ACCOUNTS, organiser)
    Membership.objects.create(team=ours.team, user=helper, role=Role.OWNER)
    assert access.may(helper, A.CHANGE_ACCOUNTS, organiser)


def test_t34_a_sweep_is_asked_for_ones_own_letters(ours: Property, theirs: Property) -> None:
    desk = log_in(member(ours, Role.MODERATOR))
    answers = [
        desk.post("/admin/sweeps/sweep/ask/", {"letter": one.letter.pk, "domain": "example.org"})
        for one in (ours, theirs)
    ]
    assert [answer.status_code for answer in answers] == [302, 422]
    assert [sweep.letter for sweep in Sweep.objects.all()] == [ours.letter]
