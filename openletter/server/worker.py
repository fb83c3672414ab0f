"""One process of the web server."""

from __future__ import annotations

import asyncio
import logging
import resource
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any

from granian._granian import CallbackScheduler, RSGIWorker
from granian._signals import set_loop_signals
from granian.server.common import WORKERS_METHODS
from granian.server.mp import WorkerProcess

from openletter.server.bodies import Bodies, is_expected
from openletter.server.environ import REFUSED, environ_of

if TYPE_CHECKING:
    from granian.rsgi import HTTPProtocol, Scope

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# How many clients a process listens to at a time, slow ones included; more wait in the backlog.
CONNECTIONS = 512
_FILES_BESIDES = 256
log = logging.getLogger(__name__)


class Door:
    """Brings requests to the application and its answers back, `threads` at a time.

    Granian calls `enter` in a thread of its own, as many of them as there may be requests at work.
    A request without a body is answered right there. One with a body goes to the event loop, which
    must not wait, and from there to a second set of threads; `_turns` is what both share.
    """

    def __init__(
        self, application: Application, loop: asyncio.AbstractEventLoop, *, threads: int
    ) -> None:
        self._application = application
        self._turns = BoundedSemaphore(threads)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="body")
        self._bodies = Bodies(loop, most=CONNECTIONS // 2, read=self._read, refuse=self._refuse)

    def enter(self, watcher: Any) -> None:
        """Take one request. Nothing may be raised here: granian would not look at it."""
        scope, proto = watcher.scope, watcher.proto
        try:
            if is_expected(scope):
                self._bodies.begin(scope, proto)
            else:
                self._answer(proto, environ_of(scope, b""))
        except Exception:
            log.exception("a request could not be taken")
            proto.response_empty(500, [])

    def _read(self, scope: Scope, proto: HTTPProtocol, body: bytes) -> None:
        self._threads.submit(self._answer, proto, environ_of(scope, body))

    def _refuse(self, scope: Scope, proto: HTTPProtocol, status: int) -> None:
        environ = {**environ_of(scope, b""), REFUSED: status}
        self._threads.submit(self._answer, proto, environ, ("Connection", "close"))

    def _answer(self, proto: HTTPProtocol, environ: dict[str, Any], *more: tuple[str, str]) -> None:
        with self._turns:
            try:
                status, headers, body = _answer_of(self._application, environ)
            except Exception:
                log.exception("the application broke off")
                status, headers, body = 500, [], b""
        proto.response_bytes(status, [*headers, *more], body)


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


@WorkerProcess.wrap_target  # type: ignore[untyped-decorator]
def work(
    number: int,
    application: Application,
    sock: Any,
    ipc: Any,
    loop: asyncio.AbstractEventLoop,
    mode: Any,
    *settings: Any,
    threads: int,
) -> None:
    """Serve until a signal comes. It differs from granian's own worker in what a request meets."""
    (runtimes, io_threads, _one, idle, connections, _, *protocol, _, tls, _, metrics) = settings
    _allow_files(connections + _FILES_BESIDES)
    stop = set_loop_signals(loop)
    stopped = asyncio.Event()
    stop.add_cb(lambda: loop.call_soon_threadsafe(stopped.set))
    door = Door(application, loop, threads=threads)
    scheduler = CallbackScheduler(loop, door.enter, None, _nothing, _nothing)
    scheduler._schedule_fn = door.enter
    limits = (runtimes, io_threads, threads, idle, connections)
    worker = RSGIWorker(number, sock, ipc, *limits, *protocol, *tls, metrics)
    serve = getattr(worker, WORKERS_METHODS[mode][(sock[0] or sock[1]).is_uds()])
    serve(scheduler, loop, stop)
    loop.run_until_complete(stopped.wait())


def _nothing(_task: Any) -> None:
    """Stand in for what granian would call around each step of a coroutine: there are none."""


def _allow_files(wanted: int) -> None:
    """Let this process have a file for each connection, if the machine's own limit is higher."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
