"""Becomes the processes of a site that ./run starts, so that they share what they have imported.

    python -m openletter.fork_server SOCKET

It imports the application, then answers each request that comes by the socket with a process that
runs one module, as `python -m` would; runner/fork_server.py asks. That process is no child of ours
but of whoever asked. Nothing here connects to anything or starts a thread.
"""

from __future__ import annotations

import ctypes
import json
import os
import runpy
import signal
import socket
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections

from openletter.celery import app
from openletter.lib import preload
from openletter.lib.db import connection_options

# What the processes would import later, each for itself.
_MODULES = (
    *("celery.bin.celery", "celery.apps.worker", "celery.apps.beat", "celery.worker.worker"),
    *("celery.concurrency.prefork", "kombu.transport.redis"),
    *("openletter.lib.celery.ticks", "openletter.server.worker"),
)
_LONGEST_REQUEST = 100_000
_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Answer requests until nobody can send any more."""
    _load()
    with socket.socket(fileno=int(sys.argv[1])) as asked:
        while True:
            request, files, _, _ = socket.recv_fds(asked, _LONGEST_REQUEST, 1)
            if not request:
                return
            (output,) = files
            if _is_forked():
                words = _begin(json.loads(request), output, asked)
                break
            os.close(output)
    _run(*words)


def _load() -> None:
    app.loader.init_worker()
    app.finalize()
    for name in _MODULES:
        import_module(name)
    del connections["default"]  # one that was never opened; its settings depend on the process
    preload.before_forking()


def _is_forked() -> bool:
    """Fork twice and return True in the grandchild, once the process between the two has gone."""
    ready, go = os.pipe()
    between = os.fork()
    if between == 0:
        if os.fork():
            os._exit(0)
        os.close(go)
        os.read(ready, 1)
        os.close(ready)
        return True
    os.waitpid(between, 0)
    os.close(go)
    os.close(ready)
    return False


def _begin(request: dict[str, Any], output: int, asked: socket.socket) -> list[str]:
    """Become what runner/process.py makes of a command; tell our number; return what to run."""
    os.setpgid(0, 0)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM))
    if os.getppid() != request["parent"]:
        asked.send(b"0")
        os._exit(1)
    asked.send(str(os.getpid()).encode())
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)
    process = request["process"]
    os.environ["OPENLETTER_PROCESS"] = settings.PROCESS = process
    connection_options.keep(settings.DATABASES["default"], process, threads=settings.WEB_THREADS)
    return list(request["words"])


def _run(module: str, *arguments: str) -> None:
    _show_as(" ".join([module, *arguments]))
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _show_as(title: str) -> None:
    """Let `ps` say what runs here, as far as there is room: it reads where our arguments lie."""
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    start, end = int(fields[45]), int(fields[46])
    room = end - start
    ctypes.memmove(start, title.encode()[: room - 1].ljust(room, b"\0"), room)


if __name__ == "__main__":
    main()
