"""`/healthz`, answered without a thread: also while each of them waits for something.

The application gives the same answer under another server (operations/health.py); a test compares.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from openletter.server.bodies import is_expected

if TYPE_CHECKING:
    from granian.rsgi import HTTPProtocol, Scope

_PATH = "/healthz"
_METHODS = {"GET", "HEAD"}
CONTENT = b"ok\n"
HEADERS = [
    ("Content-Type", "text/plain"),
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Robots-Tag", "noindex"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
]


def answered(scope: Scope, proto: HTTPProtocol) -> bool:
    """Answer a request for it that brings no body; say whether this was one. Does not wait."""
    if scope.path != _PATH or scope.method not in _METHODS or is_expected(scope):
        return False
    proto.response_bytes(200, HEADERS, CONTENT)
    return True
