"""What we hold about the people who run letters."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from openletter.accounts import known_networks, used_codes
from openletter.accounts.models import Invitation, KnownNetwork, Membership, User
from openletter.lib.people.addresses import email_key
from openletter.lib.personal import Declaration, Expiry, Held, Person, exported, impersonal

FIELDS: dict[str, Declaration] = {
    "User": {
        "email": Held("e-mail address to log in with"),
        "first_name": Held("first name"),
        "last_name": Held("last name"),
        "password": Held("password, hashed"),
        "last_login": Held("time of the last login"),
        "date_joined": Held("time the account was made"),
        **impersonal("id", "public_id", "is_superuser", "is_staff", "is_active"),
    },
    "Team": impersonal("id", "public_id", "name", "made_at"),
    "Membership": {
        "role": Held("what you are in a team"),
        "joined_at": Held("time you joined it"),
        **impersonal("id", "team", "user"),
    },
    "Invitation": {
        "email": Held("e-mail address that was invited to a team", encrypted=True),
        "email_key": Held("keyed hash of that address"),
        "role": Held("what you were asked to be in a team"),
        "invited_at": Held("time of the invitation"),
        **impersonal(
            "id", "public_id", "team", "invited_by", "expires_at", "accepted_at", "withdrawn_at"
        ),
    },
    "KnownNetwork": {
        "network_key": Held("keyed hash of a network you logged in from"),
        "last_used_at": Held("time of the last login from there"),
        **impersonal("id", "user"),
    },
    "UsedCode": {
        "code_key": Held("keyed hash of a code that was used"),
        "used_at": Held("time it was used"),
        **impersonal("id", "user"),
    },
}

_SECRET = {"password"}


def export(person: Person) -> dict[str, Any]:
    """Return the account that belongs to an address, if there is one; staff are few."""
    wanted = {key: held for key, held in FIELDS["User"].items() if key not in _SECRET}
    users = [user for user in User.objects.all() if email_key(user.email) == person.email_key]
    passkeys = Authenticator.objects.filter(user__in=users, type=Authenticator.Type.WEBAUTHN)
    networks = KnownNetwork.objects.filter(user__in=users).order_by("pk")
    memberships = Membership.objects.filter(user__in=users).order_by("pk")
    return {
        "accounts": [exported(user, wanted) for user in users],
        "memberships": [exported(one, FIELDS["Membership"]) for one in memberships],
        "invitations": [exported(one, FIELDS["Invitation"]) for one in invitations_to(person)],
        "passkeys": [
            {
                "name": one.data.get("name", ""),
                "added": one.created_at.isoformat(),
                "last used": one.last_used_at.isoformat() if one.last_used_at else None,
            }
            for one in passkeys.order_by("pk")
        ],
        "networks": [exported(network, FIELDS["KnownNetwork"]) for network in networks],
    }


def invitations_to(person: Person) -> QuerySet[Invitation]:
    """Return how somebody was asked to join a team: of no letter in particular."""
    if person.topic or person.only_these:
        return Invitation.objects.none()
    return Invitation.objects.filter(email_key=person.email_key).order_by("pk")


def erase(person: Person) -> None:
    """Forget that somebody was invited; an account is not ended by this."""
    invitations_to(person).delete()


def expire(*, now: datetime, limit: int, dry_run: bool) -> list[Expiry]:
    """Delete up to `limit` rows for each reason."""
    rules: tuple[tuple[str, QuerySet[Any]], ...] = (
        ("sessions of staff that ran out", Session.objects.filter(expire_date__lt=now)),
        ("networks that staff logged in from", known_networks.old(now)),
        ("codes that staff used", used_codes.old(now)),
        ("invitations that ran out", Invitation.objects.filter(expires_at__lt=now)),
    )
    found = []
    for what, rows in rules:
        keys = rows.values("pk")[:limit]
        number = keys.count() if dry_run else rows.filter(pk__in=keys).delete()[0]
        found.append(Expiry(what, number))
    return found
