"""Who may change which account: nobody reaches rights that they lack (T57)."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, Permission
from django.db.models import Q

from openletter.accounts.models import Membership, User


def may_change(actor: AbstractBaseUser | AnonymousUser, account: User) -> bool:
    """Superusers may change every account, others those that can do no more than they themselves.

    Whoever may set somebody's password or address may become them, also after a dismissal: an
    account that is not active counts with the rights that it would have.
    """
    if not isinstance(actor, User):
        return False
    if actor.is_superuser:
        return True
    if account.is_superuser or not _rights(account) <= _rights(actor):
        return False
    return _roles(account) <= _roles(actor)


def _rights(user: User) -> set[int]:
    held = Permission.objects.filter(Q(user=user) | Q(group__user=user))
    return set(held.values_list("pk", flat=True))


def _roles(user: User) -> set[tuple[int, str]]:
    """Return what somebody is in which team, with all that is less: rights, too."""
    order = [role.value for role in Membership.Role]
    held = Membership.objects.filter(user=user).values_list("team_id", "role")
    return {(team, less) for team, role in held for less in order[: order.index(role) + 1]}
