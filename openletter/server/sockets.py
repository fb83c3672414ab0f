"""The socket on which a web process listens, so that whoever does not read is let go."""

from __future__ import annotations

import socket
from typing import Any

from granian.net import SocketSpec

# For how long a client may take in nothing of what it is sent; Linux closes the connection then.
# Without it clients that ask and do not read would hold their connections for ever, and the memory
# that Linux keeps for each, which grows to megabytes.
_LONGEST_DEAF_MILLISECONDS = 20_000
# Linux doubles it. Enough for any page at once.
_UNREAD_BYTES = 128 * 1024


def bounded(listening: tuple[Any, Any]) -> tuple[Any, Any]:
    """Return granian's pair of what describes a socket and the socket, bound and with our limits.

    Every connection that it accepts has them too.
    """
    described, holder = listening
    if not isinstance(described, SocketSpec):
        return listening
    holder = described.build()
    ours = socket.socket(fileno=holder.get_fd())
    try:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _UNREAD_BYTES)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux only
            ours.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _LONGEST_DEAF_MILLISECONDS)
    finally:
        ours.detach()  # it stays granian's
    return None, holder
