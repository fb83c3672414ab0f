"""Networks of clients: one IPv4 address, or the /64 of an IPv6 address, which one line gets."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from openletter.lib import crypto

Network = IPv4Network | IPv6Network


def network_of(address: str) -> Network | None:
    """Return the network of a client's address; None when it says nothing about the client.

    This machine's own address is what we see of everybody where nobody counted the proxies
    (TRUSTED_PROXIES): limiting by it would limit all visitors together.
    """
    try:
        found = ip_address(address.strip().partition("%")[0])
    except ValueError:
        return None
    mapped = getattr(found, "ipv4_mapped", None)
    found = mapped or found
    if found.is_loopback or found.is_unspecified:
        return None
    return ip_network((found, 64 if found.version == 6 else 32), strict=False)


def network_key(network: Network) -> bytes:
    """Return the keyed hash by which a network is recognised without being stored readable."""
    return crypto.lookup_key("network", network.with_prefixlen)


def contains(listed: Network, network: Network) -> bool:
    """Say whether a network lies inside a listed one."""
    return listed.version == network.version and network.subnet_of(listed)  # type: ignore[arg-type]
