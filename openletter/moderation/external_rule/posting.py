"""Ask another machine something by POST, and wait for no longer than was said.

A time-out of a socket begins anew with each byte, and a name server has its own: so the question is
asked by a thread that is given up when the time is over. No redirect is followed, and no proxy of
the environment is taken.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings

# So many may wait in a process at a time: a thread of the web server waits with each, and the
# others are for everybody else, however slow the answers come.
MOST_AT_A_TIME: int = max(1, settings.WEB_THREADS // 2)
_free = threading.BoundedSemaphore(MOST_AT_A_TIME)


class NoAnswer(Exception):
    """There is no answer that could be read. Says how, in words without anybody's data."""


class NotAsked(NoAnswer):
    """Too many wait for an answer already; that says nothing about who was to be asked."""


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, seconds: float, most_bytes: int
) -> bytes:
    """Return what is answered with status 200. Raises `NoAnswer` or `NotAsked`."""
    if not _free.acquire(blocking=False):
        raise NotAsked("too many wait for one already")
    asked = _Asked(url, body, headers, seconds, most_bytes)
    threading.Thread(target=asked.run, name="posting", daemon=True).start()
    if not asked.is_over.wait(seconds):
        asked.give_up()
        raise NoAnswer("it took too long")
    if asked.problem:
        raise NoAnswer(asked.problem)
    return asked.answer


class _Asked:
    """One question, on its way in a thread of its own."""

    def __init__(
        self, url: str, body: bytes, headers: Mapping[str, str], seconds: float, most_bytes: int
    ) -> None:
        self.is_over = threading.Event()
        self.problem = ""
        self.answer = b""
        self._parts = urlsplit(url)
        self._body, self._headers = body, headers
        self._seconds, self._most_bytes = seconds, most_bytes
        self._socket: socket.socket | None = None
        self._is_given_up = False

    def run(self) -> None:
        try:
            self.answer = self._ask()
        except NoAnswer as problem:
            self.problem = str(problem)
        except TimeoutError:
            self.problem = "it took too long"
        except Exception as problem:  # noqa: BLE001 - a server may say anything, and sockets go
            self.problem = type(problem).__name__
        finally:
            _free.release()
            self.is_over.set()

    def give_up(self) -> None:
        """Let the thread end, whatever it waits for."""
        self._is_given_up = True
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _ask(self) -> bytes:
        connection = self._connection()
        try:
            connection.connect()
            self._socket = connection.sock
            if self._is_given_up:
                raise NoAnswer("it took too long")
            path = self._parts.path or "/"
            target = f"{path}?{self._parts.query}" if self._parts.query else path
            connection.request("POST", target, self._body, dict(self._headers))
            return self._read(connection.getresponse())
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        if self._parts.scheme == "https":
            return http.client.HTTPSConnection(host, port, timeout=self._seconds, context=_tls())
        return http.client.HTTPConnection(host, port, timeout=self._seconds)

    def _read(self, response: http.client.HTTPResponse) -> bytes:
        with response:
            if response.status != http.client.OK:
                raise NoAnswer(f"status {response.status}")
            body = response.read(self._most_bytes + 1)
        if len(body) > self._most_bytes:
            raise NoAnswer("it said too much")
        return body


@cache
def _tls() -> ssl.SSLContext:
    """Read the certificates of the machine once; that takes longer than a question."""
    return ssl.create_default_context()
