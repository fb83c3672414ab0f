"""Somebody is invited to a team by mail, and joins; with a new account or the one they have."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from openletter.accounts import personal
from openletter.accounts.models import Invitation, Membership, Team, User
from openletter.accounts.teams import invitations, memberships
from openletter.lib.people.addresses import email_key
from openletter.lib.personal import Person
from openletter.mail.models import OutgoingMail
from openletter.mail.outbox import messages
from openletter.moderation.models import AuditEntry
from tests.accounts.steps import make_account
from tests.factories import log_in
from tests.racing import behind

pytestmark = pytest.mark.django_db
Role = Membership.Role
NINA = "nina@example.org"


@pytest.fixture
def owner() -> User:
    """Somebody who leads a team."""
    user = make_account("sam@example.org", second_factor=True)
    team = Team.objects.create(name="Listeners")
    Membership.objects.create(team=team, user=user, role=Role.OWNER)
    return user


@pytest.fixture
def people(owner: User) -> str:
    return f"/admin/accounts/team/{Team.objects.get().pk}/"


def invite(desk: Client, people: str, email: str = NINA, role: str = Role.MODERATOR) -> Any:
    return desk.post(f"{people}invite/", {"email": email, "role": role}, follow=True)


def owed() -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(kind="accounts.invitation").order_by("pk"))


def link_in(mail: OutgoingMail) -> str:
    message = messages.compose(mail)
    assert message is not None
    found = re.search(r"http://testserver(/accounts/invitation/\S+)", str(message.body))
    assert found
    return found[1]


def test_who_is_invited_makes_an_account_and_joins(owner: User, people: str) -> None:
    assert "nina@example.org" in invite(log_in(owner), people).content.decode()
    (mail,) = owed()
    assert mail.recipient == NINA
    new, link = Client(), link_in(mail)
    assert "Listeners" in new.get(link).content.decode()
    assert not User.objects.filter(email=NINA).exists()
    page = new.post(link, follow=True)
    typed = {"password1": "a-good-long-password", "password2": "a-good-long-password"}
    assert new.post(page.redirect_chain[-1][0], typed).status_code == 302
    user = User.objects.get(email=NINA)
    assert (user.is_staff, user.is_superuser, user.check_password(typed["password1"])) == (
        True,
        False,
        True,
    )
    assert Membership.objects.get(user=user).role == Role.MODERATOR
    assert not user.get_all_permissions()
    assert new.get(link).status_code == 410
    acts = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(acts) == ["invite to team", "join team"]


def test_who_has_an_account_joins_once_logged_in(owner: User, people: str) -> None:
    nina = make_account(NINA)
    invite(log_in(owner), people)
    link = link_in(owed()[0])
    assert Client().post(link).status_code == 302
    assert log_in(owner).post(link).status_code == 302
    assert not Membership.objects.filter(user=nina).exists()
    assert log_in(nina).post(link).headers["Location"] == "/admin/"
    assert Membership.objects.get(user=nina).role == Role.MODERATOR


def test_a_link_scanner_joins_nothing(owner: User, people: str) -> None:
    invite(log_in(owner), people)
    Client().get(link_in(owed()[0]))
    assert Invitation.objects.get().accepted_at is None


def test_t47_the_answer_does_not_say_who_has_an_account(owner: User, people: str) -> None:
    make_account(NINA)
    desk = log_in(owner)
    pages = [invite(desk, people, email).content.decode() for email in (NINA, "bert@example.org")]
    told = [re.findall(r'<li class="success">(.*?)</li>', page) for page in pages]
    assert told == [["The invitation is on its way."]] * 2
    assert len(owed()) == 2


def test_a_withdrawn_invitation_leads_nowhere(owner: User, people: str) -> None:
    desk = log_in(owner)
    invite(desk, people)
    link, key = link_in(owed()[0]), Invitation.objects.get().pk
    assert (
        NINA not in desk.post(f"{people}invitations/{key}/withdraw/", follow=True).content.decode()
    )
    assert Client().get(link).status_code == 410
    assert messages.compose(owed()[0]) is None


def test_an_old_invitation_leads_nowhere_and_is_forgotten(owner: User, people: str) -> None:
    invite(log_in(owner), people)
    link = link_in(owed()[0])
    Invitation.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert Client().post(link).status_code == 410
    found = personal.expire(now=timezone.now(), limit=10, dry_run=False)
    assert {one.what: one.number for one in found}["invitations that ran out"] == 1


def test_who_is_invited_again_has_one_link(owner: User, people: str) -> None:
    desk = log_in(owner)
    invite(desk, people, role=Role.VIEWER)
    first = link_in(owed()[0])
    invite(desk, people, NINA.upper(), role=Role.ORGANISER)
    assert Client().get(first).status_code == 410
    assert Client().post(link_in(owed()[1])).status_code == 302
    assert Membership.objects.get(user__email=NINA).role == Role.ORGANISER


def test_an_address_gets_three_invitations_a_day(owner: User, people: str) -> None:
    desk = log_in(owner)
    pages = [invite(desk, people).content.decode() for _ in range(4)]
    assert len(owed()) == 3
    assert all("The invitation is on its way." in page for page in pages)


def test_a_team_invites_twenty_a_day(owner: User, people: str) -> None:
    desk = log_in(owner)
    for number in range(21):
        page = invite(desk, people, f"somebody{number}@example.org").content.decode()
        assert ("has invited many people today" in page) == (number == 20)
    assert len(owed()) == 20


def test_nobody_is_invited_who_is_there(owner: User, people: str) -> None:
    page = invite(log_in(owner), people, owner.email.upper()).content.decode()
    assert "is in the team already" in page
    assert owed() == []


def test_what_is_no_address_is_said_at_the_field(owner: User, people: str) -> None:
    answer = log_in(owner).post(f"{people}invite/", {"email": "nina@", "role": Role.VIEWER})
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"email"}


def test_only_owners_see_who_is_invited(owner: User, people: str) -> None:
    invite(log_in(owner), people)
    bert = make_account("bert@example.org", second_factor=True)
    Membership.objects.create(team=Team.objects.get(), user=bert, role=Role.ORGANISER)
    page = log_in(bert).get(f"{people}people/").content.decode()
    assert owner.email in page
    assert NINA not in page


def test_a_person_takes_their_invitations_along(owner: User, people: str) -> None:
    invite(log_in(owner), people)
    nina = Person(email_key=email_key(NINA))
    (told,) = personal.export(nina)["invitations"]
    assert (told["email"], told["role"]) == (NINA, "moderator")
    personal.erase(Person(email_key=email_key(NINA), topic="letter:1"))
    assert Invitation.objects.exists()
    personal.erase(nina)
    assert not Invitation.objects.exists()


# --- Who is in a team ----------------------------------------------------------------------------


def test_the_last_owner_stays(owner: User, people: str) -> None:
    desk, mine = log_in(owner), Membership.objects.get()
    said = [
        desk.post(f"{people}people/{mine.pk}/role/", {"role": Role.VIEWER}, follow=True),
        desk.post(f"{people}people/{mine.pk}/end/", follow=True),
        desk.post(f"{people}leave/", follow=True),
    ]
    assert ["needs an owner" in page.content.decode() for page in said] == [True] * 3
    assert Membership.objects.get().role == Role.OWNER


def test_an_owner_changes_roles_and_takes_people_out(owner: User, people: str) -> None:
    bert = make_account("bert@example.org", second_factor=True)
    seat = Membership.objects.create(team=Team.objects.get(), user=bert, role=Role.ORGANISER)
    desk = log_in(owner)
    desk.post(f"{people}people/{seat.pk}/role/", {"role": Role.VIEWER})
    seat.refresh_from_db()
    assert seat.role == Role.VIEWER
    desk.post(f"{people}people/{seat.pk}/end/")
    assert not Membership.objects.filter(user=bert).exists()
    assert log_in(bert).get(f"{people}people/").status_code == 403
    acts = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert acts == ["change role", "end membership"]


def test_members_leave(owner: User, people: str) -> None:
    bert = make_account("bert@example.org", second_factor=True)
    Membership.objects.create(team=Team.objects.get(), user=bert, role=Role.OWNER)
    assert log_in(bert).post(f"{people}leave/").headers["Location"] == "/admin/"
    assert list(Membership.objects.values_list("user", flat=True)) == [owner.pk]


@pytest.mark.django_db(transaction=True)
def test_two_owners_do_not_leave_at_once() -> None:
    team = Team.objects.create(name="Listeners")
    seats = [
        Membership.objects.create(team=team, user=make_account(email), role=Role.OWNER)
        for email in ("sam@example.org", "bert@example.org")
    ]

    def leave(seat: Membership) -> str:
        try:
            memberships.end(
                team_id=team.pk,
                membership_id=seat.pk,
                actor_id=seat.user_id,
                now=timezone.now(),
            )
        except memberships.LastOwner:
            return "stays"
        return "left"

    assert behind(lambda: leave(seats[0]), lambda: leave(seats[1])) == "stays"
    assert Membership.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_invitation_is_accepted_or_withdrawn() -> None:
    owner = make_account("sam@example.org")
    team, now = Team.objects.create(name="Listeners"), timezone.now()
    invitations.invite(
        team_id=team.pk, email=NINA, role=Role.VIEWER, actor_id=owner.pk, language="en", now=now
    )
    made = Invitation.objects.get()

    def accept() -> str:
        try:
            invitations.accept(public_id=made.public_id, user_id=None, now=now)
        except invitations.NotOpen:
            return "not open"
        return "joined"

    def withdraw() -> None:
        invitations.withdraw(team_id=team.pk, invitation_id=made.pk, actor_id=owner.pk, now=now)

    assert behind(withdraw, accept) == "not open"
    assert not User.objects.filter(email=NINA).exists()
