"""Which clients are one to the limits."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from openletter.lib.people import networks


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7/32"),
        (" 192.0.2.7:443 ", "192.0.2.7/32"),
        ("::ffff:192.0.2.7", "192.0.2.7/32"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2:3::4]:443", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2:3::4]", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
    ],
)
def test_an_address_belongs_to_a_network(address: str, network: str) -> None:
    assert networks.network_of(address) == ip_network(network)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.1.2.3", "::1", "[::1]:80"])
def test_this_machine_is_one_network(address: str) -> None:
    assert networks.network_of(address) == networks.LOCAL


@pytest.mark.parametrize(
    "address",
    ["", "unknown", "unix:", "::", "0.0.0.0", "1.2.3", "[", "]:", "1" * 9000, "::ffff:x", "\x00"],  # noqa: S104 - nobody listens there
)
def test_t53_what_is_no_address_is_one_network_and_no_way_out(address: str) -> None:
    assert networks.network_of(address) == networks.UNKNOWN


def test_t53_a_block_is_the_48_around_an_ipv6_network() -> None:
    one, other = (networks.network_of(f"2001:db8:1:{number}::1") for number in (1, 2))
    assert one != other
    assert networks.block_of(one) == networks.block_of(other) == ip_network("2001:db8:1::/48")


@pytest.mark.parametrize("network", [networks.LOCAL, networks.UNKNOWN, ip_network("192.0.2.7/32")])
def test_others_have_no_block(network: networks.Network) -> None:
    assert networks.block_of(network) is None
