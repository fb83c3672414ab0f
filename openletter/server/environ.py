"""What a WSGI application is told about a request."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from granian.rsgi import Scope

# Set when the body was refused and the application should say so (pages/unread_requests.py): the
# status of the answer.
REFUSED: Final = "openletter.refused"

_ALWAYS = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}
_WITHOUT_PREFIX = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}


def environ_of(scope: Scope, body: bytes) -> dict[str, Any]:
    """Return the environment of one request.

    Headers with an underscore are left out, all of them: WSGI writes `-` as `_`, so that a client's
    `X_Forwarded_For` would stand in the place of what our proxy says.
    """
    server, _, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        **_ALWAYS,
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": _as_bytes(scope.path),
        "QUERY_STRING": _as_bytes(scope.query_string),
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "SERVER_NAME": server.strip("[]"),
        "SERVER_PORT": port,
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(body),
    }
    for name, value in scope.headers.items():
        if "_" in name:
            continue
        key = _WITHOUT_PREFIX.get(name) or f"HTTP_{name.upper().replace('-', '_')}"
        if key in environ:
            separator = ";" if name == "cookie" else ","
            value = f"{environ[key]}{separator}{value}"
        environ[key] = value
    environ.setdefault("HTTP_HOST", scope.authority or "")
    # Of a body that came in pieces nobody said the length before.
    environ["CONTENT_LENGTH"] = str(len(body)) if body else ""
    return environ


def _as_bytes(text: str) -> str:
    """Write bytes as WSGI does, one character each."""
    return text if text.isascii() else text.encode().decode("latin-1")
