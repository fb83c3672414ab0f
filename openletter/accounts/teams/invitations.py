"""How people get into a team: they are asked by mail, and say yes.

Whoever has no account makes one by that; nobody else learns which addresses have one.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from openletter.accounts.models import Invitation, Membership, Team, User
from openletter.accounts.teams import memberships
from openletter.accounts.teams.memberships import NotPossible
from openletter.lib.db.address_locks import lock_address
from openletter.lib.people.addresses import Recipient
from openletter.mail import outbox
from openletter.moderation import audit
from openletter.rate_limits import tries
from openletter.rate_limits.tries import Limit, Try

MAIL = "accounts.invitation"
GOOD_FOR = timedelta(days=14)
_OF_A_TEAM = Limit("invitations of a team", 20, timedelta(days=1))
_TO_AN_ADDRESS = Limit("invitations to an address", 3, timedelta(days=1))


class TooMany(NotPossible):
    def __init__(self) -> None:
        super().__init__(
            _("This team has invited many people today. Please invite more of them tomorrow.")
        )


class IsMember(NotPossible):
    def __init__(self) -> None:
        super().__init__(_("This person is in the team already."))


class NotOpen(NotPossible):
    """It was accepted or withdrawn, or is too old."""

    def __init__(self) -> None:
        super().__init__(_("This invitation is no longer open."))


class HasAccount(NotPossible):
    """Whoever is invited has to log in before."""

    def __init__(self) -> None:
        super().__init__(_("There is an account with this address. Please sign in first."))


@transaction.atomic
def invite(
    *, team_id: int, email: str, role: str, actor_id: int, language: str, now: datetime
) -> None:
    """Ask somebody by mail to join a team; an earlier invitation of theirs to it ends.

    What follows is the same whether the address has an account or not. An address that was asked
    too often today, by whichever team, gets no mail. Raises `TooMany` or `IsMember`.
    """
    recipient = Recipient.of(email.lower())
    lock_address(recipient.email_key, recipient.mailbox_key)
    team = Team.objects.select_for_update().get(pk=team_id)
    if Membership.objects.filter(team=team, user__email=recipient.address).exists():
        raise IsMember
    if tries.take(Try(_OF_A_TEAM, str(team.pk)), now=now).is_over:
        raise TooMany
    still_open = Invitation.objects.filter(team=team, email_key=recipient.email_key)
    still_open.filter(accepted_at=None, withdrawn_at=None).update(withdrawn_at=now)
    made = Invitation.objects.create(
        team=team,
        email=recipient.address,
        email_key=recipient.email_key,
        role=role,
        invited_by_id=actor_id,
        invited_at=now,
        expires_at=now + GOOD_FOR,
    )
    asked = tries.take(Try(_TO_AN_ADDRESS, recipient.mailbox_key.hex()), now=now)
    outbox.enqueue(
        MAIL,
        dedupe_key=f"{MAIL}:{made.public_id}",
        recipient=recipient,
        language=language,
        about=made.public_id,
        topic="invitation",
        now=now,
        wanted=not asked.is_over,
    )
    _record(team, "invite to team", actor_id, role, now)


@transaction.atomic
def withdraw(*, team_id: int, invitation_id: int, actor_id: int, now: datetime) -> None:
    """End an invitation; its link says so from then on. Raises `NotOpen`."""
    found = Invitation.objects.select_related("team").filter(team=team_id, pk=invitation_id)
    invitation = found.first()
    if invitation is None or not found.open(now).update(withdrawn_at=now):
        raise NotOpen
    _record(invitation.team, "withdraw invitation", actor_id, invitation.role, now)


@transaction.atomic
def accept(*, public_id: UUID, user_id: int | None, now: datetime) -> User:
    """Let who was invited into the team; without an account, make one that has no password yet.

    `user_id` is who is logged in: it has to be the account of the address. Raises `NotOpen` or
    `HasAccount`.
    """
    invitation = Invitation.objects.select_related("team").filter(public_id=public_id).first()
    if invitation is None:
        raise NotOpen
    recipient = Recipient.of(invitation.email)
    lock_address(recipient.email_key, recipient.mailbox_key)
    Team.objects.select_for_update().get(pk=invitation.team_id)
    if not Invitation.objects.open(now).filter(pk=invitation.pk).update(accepted_at=now):
        raise NotOpen
    user = User.objects.filter(email=invitation.email).first()
    if user is None:
        user = User.objects.create_user(invitation.email, is_staff=True)
    elif user.pk != user_id:
        raise HasAccount  # and nothing of it is stored
    memberships.begin(
        team=invitation.team, user_id=user.pk, role=invitation.role, actor_id=user.pk, now=now
    )
    return user


def _record(team: Team, action: str, actor_id: int, role: str, now: datetime) -> None:
    audit.record(
        actor_id=actor_id,
        action=action,
        object_kind="team",
        object_id=team.public_id,
        reason="",
        now=now,
        after={"role": role},
    )
