"""What we hold about the people who run letters."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.sessions.models import Session

from openletter.accounts.models import User
from openletter.lib.addresses import email_key
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
}

_SECRET = {"password"}


def export(person: Person) -> dict[str, Any]:
    """Return the account that belongs to an address, if there is one; staff are few."""
    wanted = {key: held for key, held in FIELDS["User"].items() if key not in _SECRET}
    users = [user for user in User.objects.all() if email_key(user.email) == person.email_key]
    return {"accounts": [exported(user, wanted) for user in users]}


def expire(*, now: datetime, limit: int, dry_run: bool) -> list[Expiry]:
    """Delete up to `limit` sessions of staff that have run out."""
    keys = Session.objects.filter(expire_date__lt=now).values("pk")[:limit]
    number = keys.count() if dry_run else Session.objects.filter(pk__in=keys).delete()[0]
    return [Expiry("sessions of staff that ran out", number)]
