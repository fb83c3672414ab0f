"""What can happen to an account that is not done in the admin."""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.db import transaction

from openletter.accounts import second_factors
from openletter.accounts.models import User
from openletter.lib.db.address_locks import lock_address
from openletter.lib.ids import uuid7
from openletter.lib.people.addresses import Recipient
from openletter.mail import outbox
from openletter.moderation import audit
from openletter.rate_limits import tries
from openletter.rate_limits.tries import Limit, Try

_RESET = "accounts.password_reset"
_ASKED = Limit("new password asked for", 10, timedelta(minutes=10))


@transaction.atomic
def ask_for_new_password(*, email: str, language: str, now: datetime) -> None:
    """Owe a link for a new password, within limits; silent about whether they allow one.

    The same statements are sent for every address, whether it has an account or not (T47). While a
    mail is still on its way, asking again changes nothing. The mail goes to the address of the
    account, however the one that was typed is spelled.
    """
    email = email.strip().lower()
    # Also gives every commit something to write.
    if tries.take(Try(_ASKED, email), now=now).is_over:
        return
    typed = Recipient.of(email)
    lock_address(typed.email_key, typed.mailbox_key)
    user = User.objects.select_for_update().filter(email=email, is_active=True).first()
    about = user.public_id if user else uuid7()
    waits = outbox.is_waiting(kind=_RESET, about=about)
    outbox.enqueue(
        _RESET,
        dedupe_key=f"{_RESET}:{uuid7()}",
        recipient=Recipient.of(user.email) if user else typed,
        language=language,
        about=about,
        topic="password",
        now=now,
        wanted=user is not None and not waits,
    )


def record_passkey(user: User, *, action: str, now: datetime) -> None:
    """Write down that somebody added or removed a passkey of their own."""
    _record(user, actor_id=user.pk, action=action, now=now)


@transaction.atomic
def remove_passkeys(
    user_id: int, passkeys: list[int], *, actor_id: int | None, now: datetime
) -> None:
    """Help out who lost a device; recovery codes go with the last second factor."""
    user = User.objects.select_for_update().get(pk=user_id)
    own = Authenticator.objects.filter(user=user)
    removed, _by_model = own.filter(pk__in=passkeys, type=Authenticator.Type.WEBAUTHN).delete()
    if not own.filter(type__in=second_factors.KINDS).exists():
        own.delete()
    if removed:
        _record(user, actor_id=actor_id, action="remove passkey", now=now)


@transaction.atomic
def remove_second_factor(*, user_id: int, actor_id: int | None, now: datetime) -> None:
    """Help out who lost app and passkeys; ends their sessions (`get_session_auth_hash`)."""
    user = User.objects.get(pk=user_id)
    removed, _by_model = Authenticator.objects.filter(user=user).delete()
    if removed:
        _record(user, actor_id=actor_id, action="remove second factor", now=now)


def _record(user: User, *, actor_id: int | None, action: str, now: datetime) -> None:
    audit.record(
        actor_id=actor_id,
        action=action,
        object_kind="account",
        object_id=user.public_id,
        reason="",
        now=now,
    )
