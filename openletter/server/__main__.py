"""`python -m openletter.server`: the site's web processes, with what must hold wherever they run.

How many processes and threads is said as for ./run, by WEB_PROCESSES and WEB_THREADS.
"""

from __future__ import annotations

import argparse
import os
from functools import partial

import django
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.mp import MPServer

from openletter.lib import preload
from openletter.server.worker import CONNECTIONS, work

# How long headers may be; granian looks when its buffer is full: up to three times that may pass.
# Of nginx it is 32 KiB.
_HEADER_BYTES = 64 * 1024
_HEADER_MILLISECONDS = 10_000
_OURS = "openletter.wsgi:application"


def main() -> None:
    arguments = _parser().parse_args()
    if arguments.application == _OURS:
        _load()
    server = MPServer(
        arguments.application,
        address=arguments.host,
        port=arguments.port,
        # Ours takes requests by this interface; the application is a WSGI one all the same.
        interface=Interfaces.RSGI,
        workers=arguments.workers,
        blocking_threads=1,  # it only takes requests in; `work` has the threads that answer
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(
            header_read_timeout=_HEADER_MILLISECONDS, max_buffer_size=_HEADER_BYTES
        ),
        websockets=False,
        backlog=1024,
        backpressure=CONNECTIONS,
        log_access=False,  # the addresses of /s/<token>/ are secrets
        respawn_failed_workers=True,
        workers_kill_timeout=5,
    )
    server.serve(spawn_target=partial(work, threads=arguments.threads))


def _load() -> None:
    """Import the application once, before the processes that answer are forked off."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openletter.settings")
    django.setup()
    preload.before_forking()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m openletter.server", description=__doc__)
    parser.add_argument("application", nargs="?", default=_OURS)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=int(os.environ.get("WEB_PROCESSES") or 2))
    parser.add_argument("--threads", type=int, default=int(os.environ.get("WEB_THREADS") or 4))
    return parser


if __name__ == "__main__":
    main()
