"""What happens to people in a team: another role, no longer a member. On record."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from openletter.accounts.models import Membership, Team
from openletter.moderation import audit


class NotPossible(Exception):
    """It cannot be done; `str` says why, for people."""


class LastOwner(NotPossible):
    def __init__(self) -> None:
        super().__init__(_("A team needs an owner. Please make somebody else an owner first."))


class NoLongerThere(NotPossible):
    def __init__(self) -> None:
        super().__init__(_("This person is no longer in the team."))


@transaction.atomic
def change_role(
    *, team_id: int, membership_id: int, role: str, actor_id: int, now: datetime
) -> None:
    """Let somebody be something else in a team. Raises `LastOwner` or `NoLongerThere`."""
    member = _lock(team_id, membership_id)
    before = member.role
    if before == role:
        return
    _check_owner_stays(member)
    member.role = role
    member.save(update_fields=["role"])
    _record(member, "change role", actor_id, now, {"role": before}, {"role": role})


@transaction.atomic
def end(*, team_id: int, membership_id: int, actor_id: int, now: datetime) -> None:
    """Take somebody out of a team; their account stays. Raises `LastOwner` or `NoLongerThere`."""
    member = _lock(team_id, membership_id)
    _check_owner_stays(member)
    left = member.user_id == actor_id
    action = "leave team" if left else "end membership"
    _record(member, action, actor_id, now, {"role": member.role})
    member.delete()


def begin(*, team: Team, user_id: int, role: str, actor_id: int, now: datetime) -> None:
    """Let somebody into a team, or nothing if they are in it; within the transaction of a flow."""
    member, is_new = Membership.objects.get_or_create(
        team=team, user_id=user_id, defaults={"role": role}
    )
    if is_new:
        _record(member, "join team", actor_id, now, None, {"role": role})


def _lock(team_id: int, membership_id: int) -> Membership:
    """Lock a team, so that two of its owners do not leave at once, and return who it is about."""
    Team.objects.select_for_update().filter(pk=team_id).first()
    found = Membership.objects.select_related("team", "user")
    member = found.filter(team=team_id, pk=membership_id).first()
    if member is None:
        raise NoLongerThere
    return member


def _check_owner_stays(member: Membership) -> None:
    owners = Membership.objects.filter(team=member.team_id, role=Membership.Role.OWNER)
    if member.role == Membership.Role.OWNER and not owners.exclude(pk=member.pk).exists():
        raise LastOwner


def _record(
    member: Membership,
    action: str,
    actor_id: int,
    now: datetime,
    before: dict[str, str] | None = None,
    after: dict[str, str] | None = None,
) -> None:
    """Say what happened to a team; who it was about is the account, by its id."""
    about = {"account": str(member.user.public_id)}
    audit.record(
        actor_id=actor_id,
        action=action,
        object_kind="team",
        object_id=member.team.public_id,
        reason="",
        now=now,
        before={**about, **before} if before else {},
        after={**about, **after} if after else {},
    )
