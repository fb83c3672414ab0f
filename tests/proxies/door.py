"""A way into the site as clients have it: straight, or through a proxy with a certificate."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlencode

from tests.live.people import Person
from tests.live.site import DEMO, FORM_TOKEN
from tests.proxies.certificate import HOST

# On Linux every address of this network is the machine itself: clients that a proxy tells apart.
HERE, ELSEWHERE = "127.0.0.1", "127.0.0.2"
FORM = "application/x-www-form-urlencoded"
PATIENCE = 60.0

_TLS = ssl.create_default_context()
_TLS.check_hostname = False
_TLS.verify_mode = ssl.CERT_NONE


class Refused(Exception):
    """A form was not accepted."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    text: str


@dataclass(frozen=True)
class Door:
    """Where to connect to, and whether TLS is spoken there."""

    name: str
    port: int
    tls: bool = True

    def connect(self, source: str = HERE, *, buffer: int = 0) -> socket.socket:
        """Return a connection, ready to be written to; `buffer` is the least that it takes in."""
        raw = socket.socket()
        raw.settimeout(PATIENCE)
        if buffer:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        raw.bind((source, 0))
        raw.connect((HERE, self.port))
        return _TLS.wrap_socket(raw, server_hostname=HOST) if self.tls else raw

    def head(self, line: str, headers: Iterable[tuple[str, str]] = ()) -> bytes:
        """Return the first line and the headers of a request, each header as often as given."""
        sent = [("Host", HOST), *headers]
        if not self.tls:  # what the proxy would say
            sent.append(("X-Forwarded-Proto", "https"))
        return "\r\n".join(
            [f"{line} HTTP/1.1", *(f"{name}: {value}" for name, value in sent), "", ""]
        ).encode("latin-1")

    def ask(
        self,
        line: str,
        headers: Iterable[tuple[str, str]] = (),
        body: bytes = b"",
        *,
        source: str = HERE,
    ) -> Answer:
        """Send one request as it is written here and return the answer."""
        with self.connect(source) as connection:
            connection.sendall(self.head(line, [*headers, ("Connection", "close")]) + body)
            return read_answer(connection, line.partition(" ")[0])

    def get(
        self, path: str, headers: Mapping[str, str] | None = None, *, source: str = HERE
    ) -> Answer:
        return self.ask(f"GET {path}", (headers or {}).items(), source=source)

    def post(
        self,
        path: str,
        fields: Mapping[str, str],
        headers: Iterable[tuple[str, str]] = (),
        *,
        source: str = HERE,
    ) -> Answer:
        body = urlencode(fields).encode()
        sent = [("Content-Type", FORM), ("Content-Length", str(len(body))), *headers]
        return self.ask(f"POST {path}", sent, body, source=source)

    def sign(self, person: Person, headers: Iterable[tuple[str, str]] = ()) -> str:
        """Read the letter and send the form under it; return the path of the inbox page."""
        page = self.get(f"/{DEMO}/")
        form_token = FORM_TOKEN.search(page.text)
        assert form_token, f"there is no form under the letter ({page.status})"
        fields = {"kind": "person", "name": person.name, "email": person.email}
        fields |= {"show_name": "on", "consent": "on", "form_token": form_token[1]}
        answer = self.post(f"/{DEMO}/sign/", fields, headers)
        if answer.status != 302:
            raise Refused(f"not accepted: {answer.status}")
        return str(answer.headers["Location"])


def read_answer(connection: socket.socket, method: str = "GET") -> Answer:
    response = http.client.HTTPResponse(connection, method=method)
    with response:
        response.begin()
        text = response.read().decode(errors="replace")
        return Answer(response.status, response.headers, text)


def has_ended(connection: socket.socket) -> bool:
    """Say whether the other side has answered or hung up, without waiting for it."""
    connection.setblocking(False)
    with suppress(OSError):
        try:
            connection.recv(65536)
        except (BlockingIOError, ssl.SSLWantReadError):
            connection.setblocking(True)
            return False
    return True
