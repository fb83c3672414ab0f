"""What staff trust and what they want to look at: networks, domains and single addresses."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from ipaddress import ip_network

from openletter.lib.people.networks import Network, contains
from openletter.moderation.models import ListedSource

Verdict = ListedSource.Verdict
# How long a process goes on with what it read; signing asks for it every time.
_KEPT_SECONDS = 10.0


@dataclass
class _Lists:
    """All sources with one verdict."""

    networks: list[Network] = field(default_factory=list)
    domains: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)

    def has(self, network: Network | None, domain: str, address_key: bytes) -> bool:
        if address_key.hex() in self.addresses:
            return True
        labels = domain.split(".")
        if self.domains and any(".".join(labels[at:]) in self.domains for at in range(len(labels))):
            return True
        return network is not None and any(contains(listed, network) for listed in self.networks)


_kept: tuple[float, dict[str, _Lists]] | None = None


def verdict_on(*, network: Network | None, domain: str, address_key: bytes) -> Verdict | None:
    """Return what staff said about a source; of two verdicts, to look at it is the safer one."""
    lists = _lists()
    for verdict in (Verdict.HOLD, Verdict.TRUST):
        if lists[verdict].has(network, domain, address_key):
            return verdict
    return None


def forget() -> None:
    """Read the lists again before the next answer, because they changed."""
    global _kept
    _kept = None


def _lists() -> dict[str, _Lists]:
    global _kept
    if _kept is None or time.monotonic() - _kept[0] > _KEPT_SECONDS:
        _kept = (time.monotonic(), _read())
    return _kept[1]


def _read() -> dict[str, _Lists]:
    lists = {verdict.value: _Lists() for verdict in Verdict}
    for source in ListedSource.objects.all():
        found = lists[source.verdict]
        if source.kind == ListedSource.Kind.NETWORK:
            found.networks.append(ip_network(source.value))
        elif source.kind == ListedSource.Kind.DOMAIN:
            found.domains.add(source.value)
        else:
            found.addresses.add(source.value)
    return lists
