"""Requests that no browser would send, made by a seed: the same ones in every run."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

# To a form. Whoever changed how requests are read sends more of them (CONTRIBUTING.md).
NUMBER = int(os.environ.get("MALFORMED_REQUESTS", "60"))
FORM = "application/x-www-form-urlencoded"
_CODECS = ("base64", "idna", "hex", "rot13", "zlib", "undefined", "punycode", "utf-16", "utf-7")
CHARSETS = (*_CODECS, "", "\x00", "é", "nonsense", "unicode_escape", '"utf-8', "..", "x" * 9000)
BOUNDARIES = ("x", "", " ", "x" * 300, '"', '"x y"', "é", "x;x", "--", "x\t", "*0*=utf-8''%00")
# RFC 2231: an encoding of its own for one parameter.
PARAMETERS = (
    *("charset*=base64''YQ==", "charset*=utf-8''%00", "x*=nonsense''x", "charset*=idna''%C3%A9"),
    *("x*1=a; x*3=b", ";;;=;", "charset", "=utf-8", "x*" + "9" * 5000 + "=1", "x*0*=''%ff"),
)
TEXTS = (
    *(b"", b"%", b"%%%", b"%00", b"%ff%fe", b"%ed%a0%80", b"%c0%af", b"\x00", b"\xff\xfe"),
    *("\u202e\u0000\ud7ff".encode(), b"x" * 70_000, "e\u0301".encode() * 9000, b"1e999", b"-1"),
    *(b"[" * 9000, b"../" * 900, b"{{7*7}}", b"%(x)s", b"' OR 1=1 --", b"\r\n\r\n", b"NaN"),
)
NAMES = (
    *(b"name", b"email", b"form_token", b"kind", b"consent", b"code", b"login", b"password", b"id"),
    *(b"next", b"website", b"after", b"event_id", b"signature", b"uidb36", b"", b"a[b][c]"),
)
HEADERS = {
    "HTTP_ORIGIN": ("null", "http://[", "://", "é", "http://testserver:x", "x" * 9000),
    "HTTP_REFERER": ("http://[", "é", "//", "x" * 9000),
    "HTTP_SEC_FETCH_SITE": ("", "é", "same-origin, cross-site"),
    "HTTP_COOKIE": ("=", "session=\x00", "csrf=é; csrf=é", ";" * 900, "session=" + "x" * 9000),
    "HTTP_X_FORWARDED_FOR": ("", ",,,", "é", "[::1", "1" * 9000),
    "HTTP_ACCEPT_LANGUAGE": ("de;q=é", "*" * 600, "x-" * 900, "de;q=9e999"),
    "HTTP_ACCEPT_ENCODING": ("gzip;q=é", ";;;", "gzip" * 900),
    "HTTP_IF_NONE_MATCH": ('W/"', "*,*", '"' * 900),
    "HTTP_AUTHORIZATION": (
        "Basic é",
        "Basic ====",
        "Basic Og==",
        "Bearer",
        "Digest x=" + "y" * 900,
    ),
    "HTTP_X_OPENLETTER_SIGNATURE": ("", "t=,v1=", "t=é,v1=é", "t=1e999,v1=0"),
    "HTTP_X_HTTP_METHOD_OVERRIDE": ("DELETE",),
    "HTTP_HOST": ("[", "testserver:é", "testserver:99999999", "é.example"),
    "CONTENT_LENGTH": ("", "-1", "0", "1"),
    "HTTP_TRANSFER_ENCODING": ("chunked", "x"),
}


@dataclass(frozen=True)
class Malformed:
    """One request, to be sent by `client.generic`."""

    content_type: str
    body: bytes
    query: str
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        words = (self.content_type[:90], self.body[:90], self.query[:60], self.headers)
        return " ".join(f"{word!r:.200}" for word in words)


def malformed(seed: str, number: int = NUMBER) -> Iterator[Malformed]:
    """Make so many requests; the same seed always makes the same ones."""
    chance = random.Random(seed)  # noqa: S311 - a test must be repeatable, not unguessable
    for _ in range(number):
        kind, body = chance.choice((_form, _multipart, _json, _noise))(chance)
        query = _pairs(chance) if chance.random() < 0.3 else b""
        yield Malformed(
            content_type=_spoiled(kind, chance),
            body=body,
            query=query[:4000].decode("latin-1"),
            headers=_headers(chance),
        )


def _spoiled(kind: str, chance: random.Random) -> str:
    """Add something to a content type, most of the time."""
    if chance.random() < 0.3:
        return kind
    if chance.random() < 0.5:
        return f"{kind}; charset={chance.choice(CHARSETS)}"
    if chance.random() < 0.7:
        return f"{kind}; {chance.choice(PARAMETERS)}"
    return chance.choice(
        ("", ";", "/", "é", "multipart", "multipart/mixed; boundary=x", kind.upper())
    )


def _headers(chance: random.Random) -> dict[str, str]:
    names = chance.sample(sorted(HEADERS), chance.choice((0, 0, 1, 2)))
    return {name: chance.choice(HEADERS[name]) for name in names}


def _pairs(chance: random.Random) -> bytes:
    number = chance.choice((1, 2, 5, 2500))
    pairs = [(chance.choice(NAMES), chance.choice(TEXTS[:9])) for _ in range(number)]
    pairs[0] = (pairs[0][0], chance.choice(TEXTS))
    return b"&".join(b"=".join(pair) for pair in pairs)


def _form(chance: random.Random) -> tuple[str, bytes]:
    return FORM, _pairs(chance)


def _json(chance: random.Random) -> tuple[str, bytes]:
    kinds = (
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"{}",
        b"[]",
        b"null",
        b"1e999",
        b'"\\ud800"',
        b"{",
    )
    return "application/json", chance.choice(kinds)


def _noise(chance: random.Random) -> tuple[str, bytes]:
    kind = chance.choice((FORM, "multipart/form-data; boundary=x", "text/plain", "image/png"))
    return kind, chance.randbytes(chance.choice((0, 1, 100, 5000)))


def _multipart(chance: random.Random) -> tuple[str, bytes]:
    parts = [_part(chance) for _ in range(chance.choice((0, 1, 2, 5, 1200)))]
    end = chance.choice((b"\r\n--x--\r\n", b"\r\n--x--", b"\r\n--x", b"", b"\n--x--\n"))
    body = b"".join(b"--x" + part for part in parts) + end
    return f"multipart/form-data; boundary={chance.choice(('x', 'x', *BOUNDARIES))}", body


def _part(chance: random.Random) -> bytes:
    line = chance.choice((b"\r\n", b"\r\n", b"\n", b""))
    lines = chance.sample(PART_HEADERS, chance.choice((0, 1, 1, 2)))
    head = line.join(text.replace(b"NAME", chance.choice(NAMES)) for text in lines)
    return line + head + line + line + chance.choice(TEXTS[:10]) + line


PART_HEADERS = (
    b'Content-Disposition: form-data; name="NAME"',
    b'Content-Disposition: form-data; name="NAME"; filename="x\x00/../y"',
    b"Content-Disposition: form-data; name*=nonsense''NAME",
    b"Content-Disposition: form-data; name*=idna''%C3%A9",
    b"Content-Disposition: form-data; name*=base64''%41; filename*=utf-8''%00",
    b'Content-Disposition: form-data; name="NAME"; x*' + b"9" * 900 + b"=1",
    b"Content-Disposition: form-data",
    b"Content-Disposition",
    b"Content-Transfer-Encoding: base64",
    b"Content-Transfer-Encoding: nonsense",
    b"Content-Type: multipart/mixed; boundary=x",
    b"Content-Type: text/plain; charset=base64",
    b"Content-Length: -1",
    b"X-Header: " + b"x" * 9000,
    b"\xff\xfe: \x00",
)
