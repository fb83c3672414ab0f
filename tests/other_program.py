"""The program of an operator's that is asked about signatures: a real server on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from openletter.moderation.external_rule import asking

SECRET = "whsec_" + "b3BlbmxldHRlci1vcGVubGV0dGVyLW9wZW5sZXR0ZXI="


class Program(ThreadingHTTPServer):
    """Keeps what it is asked, and answers what the test wants."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.answers: Callable[[_Session], None] = _says({"verdict": "accept"})
        self.asked: list[dict[str, Any]] = []
        self.signed: list[tuple[bytes, dict[str, str]]] = []
        # Until the test is over; what drips or hangs goes on for no longer.
        self.is_over = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/judge?site=1"

    def say(self, said: object) -> None:
        self.answers = _says(said)

    def hold(self, reason: str = "It is a quotation.") -> None:
        self.say({"verdict": "hold", "reason": reason})

    def send(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.answers = lambda session: session.send(status, body, headers)

    def send_raw(self, said: bytes) -> None:
        """Send what may be no HTTP at all, and hang up."""

        def answer(session: _Session) -> None:
            session.wfile.write(said)

        self.answers = answer

    def hang(self) -> None:
        self.answers = lambda _session: self._wait()

    def drip(self, piece: bytes, *, behind: bytes = b"") -> None:
        """Send a piece again and again, each of them within any time-out."""

        def answer(session: _Session) -> None:
            session.wfile.write(behind)
            while not self.is_over.wait(0.01):
                session.wfile.write(piece)

        self.answers = answer

    def _wait(self) -> None:
        self.is_over.wait()


class _Session(BaseHTTPRequestHandler):
    server: Program

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.signed.append((body, dict(self.headers.items())))
        self.server.asked.append(json.loads(body))
        self.server.answers(self)

    def send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        pass


def _says(said: object) -> Callable[[_Session], None]:
    return lambda session: session.send(200, json.dumps(said).encode(), {})


class _Quiet(Program):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of whoever hung up in the middle: that is what is tested."""


@contextmanager
def running() -> Iterator[Program]:
    with _Quiet() as program:
        threading.Thread(target=program.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield program
        finally:
            program.is_over.set()
            program.shutdown()
            for one in threading.enumerate():
                if one.name == "posting":
                    one.join(5)  # or the next test would find its place taken


@contextmanager
def asked(settings: Any) -> Iterator[Program]:
    """Run it, and let the site ask it, however slow a machine the tests have."""
    with running() as program, pytest.MonkeyPatch.context() as patched:
        patched.setattr(asking, "SECONDS", 20.0)
        settings.EXTERNAL_RULE_URL = program.url
        settings.EXTERNAL_RULE_SECRET = SECRET
        yield program
