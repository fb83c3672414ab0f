"""One process of the web server: granian's own worker, except for what a request meets.

The public way would be a coroutine for each request; where one waits for a thread, a small answer
takes 115 µs of processor time instead of 90. So this uses what granian keeps to itself, all of it
here and written for granian 2.8 (a test compares): `_granian`, `_signals`, `_schedule_fn`, the
order of a worker's settings, and what `WORKERS_METHODS` holds; and in sockets.py that a worker is
given how to make its socket, not the socket.
"""

from __future__ import annotations

import asyncio
import resource
from contextlib import suppress
from typing import Any

from granian._granian import CallbackScheduler, RSGIWorker
from granian._signals import set_loop_signals
from granian.server.common import WORKERS_METHODS
from granian.server.mp import WorkerProcess

from openletter.server.bridge import Application, Bridge
from openletter.server.sockets import bounded

WRITTEN_FOR = "2.8"
# How many clients a process listens to at a time, slow ones included; more wait in the backlog.
CONNECTIONS = 512
_FILES_BESIDES = 256


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
    """Serve until a signal comes."""
    (runtimes, io_threads, calling, idle, connections, _, *protocol, _, tls, _, metrics) = settings
    _allow_files(connections + _FILES_BESIDES)
    stop = set_loop_signals(loop)
    stopped = asyncio.Event()
    stop.add_cb(lambda: loop.call_soon_threadsafe(stopped.set))
    bridge = Bridge(application, loop, threads=threads, most_bodies=CONNECTIONS // 2)

    def take(watcher: Any) -> None:
        """Called for each request, in a thread of granian's own."""
        bridge.take(watcher.scope, watcher.proto)

    scheduler = CallbackScheduler(loop, take, None, _nothing, _nothing)
    scheduler._schedule_fn = take
    limits = (runtimes, io_threads, calling, idle, connections)
    sock = bounded(sock)
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
