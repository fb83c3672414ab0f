"""Find the very addresses, tokens and codes that were used in whatever a run wrote (I16).

Literally, and not by patterns: what a filter overlooks its patterns overlook here too.
"""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from typing import Any

    import redis

_TOKEN = re.compile(r"/s/([^/\s\"'<>]+)/")
_CODE = re.compile(r"^\s+(\d{6})$", re.MULTILINE)
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{24,}")


def tokens_in(text: str) -> set[str]:
    """Return the tokens of the signed links in a mail or an address."""
    return set(_TOKEN.findall(text))


def codes_in(text: str) -> set[str]:
    """Return the codes to type in a mail."""
    return set(_CODE.findall(text))


class Traces:
    """Everything that nobody may find afterwards."""

    def __init__(self, *, secrets: Iterable[str], codes: Iterable[str] = ()) -> None:
        self._written = sorted({form for secret in secrets for form in _forms(secret)})
        # Not the microseconds of some time.
        numbers = "|".join(sorted(codes)).encode()
        self._codes = re.compile(rb"(?<![\d.])(?:" + numbers + rb")(?!\d)") if numbers else None

    def lines_in(self, content: bytes) -> list[int]:
        """Return the numbers of the lines that hold something, without saying what."""
        lowered = content.lower()
        if not any(one in lowered for one in self._written) and not self._code_in(lowered):
            return []
        return [
            number
            for number, line in enumerate(lowered.splitlines(), start=1)
            if any(one in line for one in self._written) or self._code_in(line)
        ]

    def in_files(self, files: Iterable[Path]) -> list[str]:
        """Return which lines of which files hold something."""
        return [f"{file.name}:{line}" for file in files for line in self.lines_in(_content(file))]

    def in_broker(self, url: str) -> list[str]:
        """Return which databases of a Redis or Valkey hold something, in a key or a value."""
        kept = ((place, _unwrapped(content)) for place, content in _kept_in(url))
        return sorted({place for place, content in kept if self.lines_in(content)})

    def _code_in(self, content: bytes) -> bool:
        return self._codes is not None and self._codes.search(content) is not None


def _forms(secret: str) -> Iterator[bytes]:
    """Return how a text may be written: as it is, and in the address of a page."""
    for form in (secret, quote(secret, safe=""), quote(secret)):
        yield form.lower().encode()


def _content(file: Path) -> bytes:
    try:
        content = file.read_bytes()
    except OSError:  # gone meanwhile, or a socket
        return b""
    return _unwrapped(content) if ".aof" in file.name else content


def _unwrapped(content: bytes) -> bytes:
    """Return it with what Celery wraps in base64 on lines of its own."""
    wrapped = (one + b"=" * (-len(one) % 4) for one in _BASE64.findall(content))
    return b"\n".join([content, *map(base64.b64decode, wrapped)])


def _kept_in(url: str) -> Iterator[tuple[str, bytes]]:
    import redis  # slow to import, and needed by nobody else here

    place = url.partition("?")[0]
    with redis.Redis.from_url(place) as client:
        numbers = [name.removeprefix("db") for name in client.info("keyspace")]
    for number in numbers:
        with redis.Redis.from_url(place, db=int(number)) as client:
            for key in client.scan_iter():
                yield f"database {number}", key + b"\n" + _value(client, key)


def _value(client: redis.Redis, key: bytes) -> bytes:
    reads: dict[object, Callable[[bytes], Any]] = {
        b"string": client.get,
        b"list": lambda name: client.lrange(name, 0, -1),
        b"hash": client.hgetall,
        b"set": client.smembers,
        b"zset": lambda name: client.zrange(name, 0, -1),
        b"none": lambda _name: None,  # it has run out since it was found
    }
    found = reads[client.type(key)](key)
    if isinstance(found, dict):
        found = [part for pair in found.items() for part in pair]
    return b"\n".join([found] if isinstance(found, bytes) else found or [])
