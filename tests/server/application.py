"""A small WSGI application for the web server to serve; SCRATCH is a folder of the test."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from threading import Barrier, Lock
from typing import Any

THREADS = 3
PATIENCE = 60.0
_together = Barrier(THREADS)
_lock = Lock()
_present = 0


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    body = environ["wsgi.input"].read()
    answer = _ANSWERS[environ["PATH_INFO"]](body)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [answer]


def _meet(_body: bytes) -> bytes:
    """Wait until as many requests are here as there may be; tell how many were."""
    global _present
    with _lock:
        _present += 1
    _together.wait(PATIENCE)
    seen = _present
    _together.wait(PATIENCE)
    with _lock:
        _present -= 1
    return b"%d" % seen


def _linger(_body: bytes) -> bytes:
    """Stay until the test lets us go."""
    scratch = Path(os.environ["SCRATCH"])
    (scratch / f"came {threading.get_ident()}").touch()
    deadline = time.monotonic() + PATIENCE
    while not (scratch / "go").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    return b"stayed"


_ANSWERS: dict[str, Callable[[bytes], bytes]] = {
    "/": lambda body: b"got " + body,
    "/meet": _meet,
    "/linger": _linger,
    "/break": lambda _body: bytes(-1),  # raises
}
