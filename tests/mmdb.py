"""Write small files in the format of MaxMind DB, as an operator may name in NETWORKS_FILE.

A tree of bits leads to records behind it; what it says of itself comes last. Numbers of 24 bits, so
that a file holds as many networks as a test wants.
"""

from __future__ import annotations

from ipaddress import IPv4Network, ip_network
from pathlib import Path

_MARKER = b"\xab\xcd\xefMaxMind.com"
_MAP, _TEXT, _NUMBER, _ARRAY = 7, 2, 6, 11
Record = dict[str, "str | int | Record"]
_Tree = list[list[int | bytes | None]]


def write(path: Path, records: dict[str, Record], *, version: int = 6) -> Path:
    """Write a file in which each network has its record."""
    tree: _Tree = [[None, None]]
    for written, record in records.items():
        _put(tree, _bits(written, version), _encoded(record))
    data = b""
    nodes = b""
    for node in tree:
        for branch in node:
            if isinstance(branch, bytes):
                nodes += (len(tree) + 16 + len(data)).to_bytes(3, "big")
                data += branch
            else:
                nodes += (len(tree) if branch is None else branch).to_bytes(3, "big")
    about: Record = {
        "node_count": len(tree),
        "record_size": 24,
        "ip_version": version,
        "database_type": "test",
        "description": {},
        "binary_format_major_version": 2,
        "binary_format_minor_version": 0,
        "build_epoch": 1,
    }
    languages = _encoded("languages") + bytes([0, _ARRAY - 7])
    head = _encoded(about)
    head = bytes([head[0] + 1]) + head[1:] + languages
    path.write_bytes(nodes + bytes(16) + data + _MARKER + head)
    return path


def _bits(written: str, version: int) -> str:
    network = ip_network(written)
    bits = f"{int(network.network_address):0{network.max_prefixlen}b}"[: network.prefixlen]
    return "0" * 96 + bits if version == 6 and isinstance(network, IPv4Network) else bits


def _put(tree: _Tree, bits: str, record: bytes) -> None:
    node = 0
    for bit in map(int, bits[:-1]):
        following = tree[node][bit]
        if not isinstance(following, int):
            tree.append([None, None])
            following = tree[node][bit] = len(tree) - 1
        node = following
    tree[node][int(bits[-1])] = record


def _encoded(value: str | int | Record) -> bytes:
    if isinstance(value, dict):
        parts = (_encoded(key) + _encoded(held) for key, held in value.items())
        return _control(_MAP, len(value)) + b"".join(parts)
    if isinstance(value, int):
        number = value.to_bytes(4, "big").lstrip(b"\0")
        return _control(_NUMBER, len(number)) + number
    text = value.encode()
    return _control(_TEXT, len(text)) + text


def _control(kind: int, size: int) -> bytes:
    if size < 29:
        return bytes([kind << 5 | size])
    if size < 285:
        return bytes([kind << 5 | 29, size - 29])
    return bytes([kind << 5 | 30]) + (size - 285).to_bytes(2, "big")
