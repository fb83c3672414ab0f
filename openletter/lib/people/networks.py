"""Networks of clients: one IPv4 address, or the /64 of an IPv6 address, which one line gets.

A customer may get a whole block of the latter, up to a /48: see `block_of`.
"""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from openletter.lib import crypto

Network = IPv4Network | IPv6Network

# What we see of everybody where nobody counted the proxies (TRUSTED_PROXIES), and else only of
# whoever calls from this machine itself.
LOCAL: Network = IPv4Network("127.0.0.1/32")
# Everybody whose proxy passes on something that is no address: one network, so that writing
# nonsense into a header is no way around a limit.
UNKNOWN: Network = IPv6Network("::/128")
# Neither says where somebody is: limits count them, and nobody is recognised by them.
NOWHERE = frozenset({LOCAL, UNKNOWN})
_LONGEST = 64  # characters; an IPv6 address with a zone and a port has fewer


def network_of(address: str) -> Network:
    """Return the network of a client's address, with or without a port; `UNKNOWN` if it is none."""
    try:
        found = ip_address(_without_port(address.strip()[:_LONGEST]).partition("%")[0])
    except ValueError:
        return UNKNOWN
    found = getattr(found, "ipv4_mapped", None) or found
    if found.is_loopback:
        return LOCAL
    if found.is_unspecified:
        return UNKNOWN
    return ip_network((found, 64 if found.version == 6 else 32), strict=False)


def _without_port(address: str) -> str:
    """Some proxies write 192.0.2.7:50123 or [2001:db8::7]:50123."""
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address.partition(":")[0] if address.count(":") == 1 else address


def block_of(network: Network) -> Network | None:
    """Return the /48 around an IPv6 network, which may be one customer's; None for IPv4."""
    if network.version == 4 or network.prefixlen <= 48 or network == UNKNOWN:
        return None
    return network.supernet(new_prefix=48)


def network_key(network: Network) -> bytes:
    """Return the keyed hash by which a network is recognised without being stored readable."""
    return crypto.lookup_key("network", network.with_prefixlen)


def contains(listed: Network, network: Network) -> bool:
    return listed.version == network.version and network.subnet_of(listed)  # type: ignore[arg-type]
