"""From which networks somebody logged in before, as keyed hashes, for KEEP_NETWORKS_DAYS."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import QuerySet
from django.http import HttpRequest

from openletter.accounts.models import KnownNetwork
from openletter.lib.http.requests import client_network
from openletter.lib.people.networks import LOCAL, NOWHERE, Network, network_key


def network_of(request: HttpRequest) -> Network | None:
    """Return where a request comes from; None where everybody seems to come from this machine."""
    network = client_network(request)
    return None if network == LOCAL else network


def is_known(network: Network, *, email: str, now: datetime) -> bool:
    """Say whether this account was logged in to from there; the same work without an account."""
    if network in NOWHERE:
        return False
    return KnownNetwork.objects.filter(
        user__email=email, network_key=network_key(network), last_used_at__gte=_oldest(now)
    ).exists()


def remember(network: Network, *, user: AbstractBaseUser, now: datetime) -> None:
    """Know a network from now on; not one in which everybody is who brings no address."""
    if network in NOWHERE:
        return
    KnownNetwork.objects.bulk_create(
        [KnownNetwork(user_id=user.pk, network_key=network_key(network), last_used_at=now)],
        update_conflicts=True,
        unique_fields=["user", "network_key"],
        update_fields=["last_used_at"],
    )


def old(now: datetime) -> QuerySet[KnownNetwork]:
    """Networks that were not used for so long that they are forgotten."""
    return KnownNetwork.objects.filter(last_used_at__lt=_oldest(now))


def _oldest(now: datetime) -> datetime:
    return now - timedelta(days=settings.KEEP_NETWORKS_DAYS)
