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


KINDS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def of(user: AbstractBaseUser | AnonymousUser) -> str | None:
    """Return what an account has set up, its app and its passkeys, if it has any.

    Recovery codes stand in for them and are no factor by themselves: nobody is asked for them
    alone.
    """
    found = Authenticator.objects.filter(user_id=user.pk, type__in=KINDS)
    return "+".join(str(pk) for pk in found.order_by("pk").values_list("pk", flat=True)) or None


def note_given(request: HttpRequest, user: AbstractBaseUser) -> None:
    """Note in the session that this account's second factor was given, or set up just now."""
    request.session[_GIVEN] = of(user)


def is_missing(request: HttpRequest) -> bool:
    """Say whether the account has a second factor and this session has not given it."""
    factor = of(request.user)
    return factor is not None and request.session.get(_GIVEN) != factor
