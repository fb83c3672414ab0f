"""The second factor of an account, and whether a session gave it (T48).

A session notes which set-up it gave a code of, so it says nothing about another one. It ends when
the factor is set up or removed, by whatever way: see `User.get_session_auth_hash`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from django.http import HttpRequest

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

_GIVEN = "second_factor"


def of(user: AbstractBaseUser | AnonymousUser) -> int | None:
    """Return the id of the authenticator app that an account has set up, if it has.

    Recovery codes stand in for it and are no factor by themselves: nobody is asked for them alone.
    """
    found: int | None = (
        Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP)
        .values_list("pk", flat=True)
        .first()
    )
    return found


def note_given(request: HttpRequest, user: AbstractBaseUser) -> None:
    """Note in the session that a code of this account was right, or was set up just now."""
    request.session[_GIVEN] = of(user)


def is_missing(request: HttpRequest) -> bool:
    """Say whether the account has a second factor and this session has not given it."""
    factor = of(request.user)
    return factor is not None and request.session.get(_GIVEN) != factor
