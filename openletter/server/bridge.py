"""From a request that came to the WSGI application, and back with its answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from openletter.server import healthz
from openletter.server.bodies import Bodies, is_expected
from openletter.server.environ import REFUSED, environ_of

if TYPE_CHECKING:
    from granian.rsgi import HTTPProtocol, Scope

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
log = logging.getLogger(__name__)


class Bridge:
    """Lets `threads` requests at a time be answered; the others wait, whole.

    Which way a request goes depends on its body: without one it waits for a thread at once, with
    one it waits on the event loop until all of it is there.
    """

    def __init__(
        self,
        application: Application,
        loop: asyncio.AbstractEventLoop,
        *,
        threads: int,
        most_bodies: int,
    ) -> None:
        self._application = application
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._bodies = Bodies(loop, most=most_bodies, read=self._queue, refuse=self._refuse)

    def take(self, scope: Scope, proto: HTTPProtocol) -> None:
        """Take one request, in whatever thread; does not wait, and raises nothing."""
        try:
            if healthz.answered(scope, proto):
                return
            if is_expected(scope):
                self._bodies.begin(scope, proto)
            else:
                self._queue(scope, proto, b"")
        except Exception:
            log.exception("a request could not be taken")
            proto.response_empty(500, [])

    def _queue(self, scope: Scope, proto: HTTPProtocol, body: bytes) -> None:
        self._threads.submit(self._answer, scope, proto, body)

    def _refuse(self, scope: Scope, proto: HTTPProtocol, status: int) -> None:
        self._threads.submit(self._answer, scope, proto, b"", status)

    def _answer(
        self, scope: Scope, proto: HTTPProtocol, body: bytes, refused: int | None = None
    ) -> None:
        try:
            environ = environ_of(scope, body)
            if refused is not None:
                environ[REFUSED] = refused
            status, headers, content = _answer_of(self._application, environ)
        except Exception:
            log.exception("the application broke off")
            status, headers, content = 500, [], b""
        closing = [] if refused is None else [("Connection", "close")]
        proto.response_bytes(status, [*headers, *closing], content)


def _answer_of(
    application: Application, environ: dict[str, Any]
) -> tuple[int, list[tuple[str, str]], bytes]:
    """Return status, headers and body: whole, so that no client can make a thread wait."""
    started: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], _problem: Any = None) -> None:
        started[:] = int(status[:3]), headers

    answer = application(environ, start_response)
    try:
        body = b"".join(answer)
    finally:
        if hasattr(answer, "close"):
            answer.close()
    status, headers = started
    return status, headers, body
