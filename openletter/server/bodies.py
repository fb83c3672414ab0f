"""Bodies of requests, read by an event loop: a slow one costs a connection and no thread."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from granian.rsgi import ProtocolClosed, ProtocolError

from openletter.lib.http import body_sizes

if TYPE_CHECKING:
    from granian.rsgi import HTTPProtocol, Scope

# From the last header to the last byte.
DEADLINE = 10.0
# How many of a process may be larger than the public's, or of unknown length, at a time: so that
# clients cannot fill the memory.
_MOST_LARGE = 8
log = logging.getLogger(__name__)

Read = Callable[["Scope", "HTTPProtocol", bytes], None]
Refuse = Callable[["Scope", "HTTPProtocol", int], None]


class _Refused(Exception):
    """The body is not taken, for a reason that is the status of the answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Bodies:
    """Reads them and passes them on; `read` and `refuse` are called on the loop and must not wait.

    At most `most` are under way at a time. One more ends the one that takes longest, which most
    likely belongs to somebody who does not mean to finish it: others arrive in milliseconds.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, *, most: int, read: Read, refuse: Refuse
    ) -> None:
        self._loop = loop
        self._most = most
        self._read = read
        self._refuse = refuse
        # The oldest first.
        self._under_way: dict[asyncio.Task[None], tuple[Scope, HTTPProtocol]] = {}
        self._large = 0

    def begin(self, scope: Scope, proto: HTTPProtocol) -> None:
        """Begin to read one; may be called in any thread."""
        self._loop.call_soon_threadsafe(self._begin, scope, proto)

    def _begin(self, scope: Scope, proto: HTTPProtocol) -> None:
        if len(self._under_way) >= self._most:
            next(iter(self._under_way)).cancel()
        task = self._loop.create_task(self._take(scope, proto))
        self._under_way[task] = scope, proto
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        scope, proto = self._under_way.pop(task)
        if task.cancelled():  # it may not even have begun
            self._refuse(scope, proto, 408)
        elif problem := task.exception():
            log.error("a body could not be read", exc_info=problem)
            self._refuse(scope, proto, 400)

    async def _take(self, scope: Scope, proto: HTTPProtocol) -> None:
        try:
            async with asyncio.timeout(DEADLINE):
                body = await self._whole(scope, proto)
        except TimeoutError:
            self._refuse(scope, proto, 408)
        except _Refused as refused:
            self._refuse(scope, proto, refused.status)
        except (ProtocolError, ProtocolClosed):
            proto.response_empty(400, [])  # to nobody: the client has gone
        else:
            self._read(scope, proto, body)

    async def _whole(self, scope: Scope, proto: HTTPProtocol) -> bytes:
        length = _length(scope)
        if length is not None and length > body_sizes.LARGEST:
            raise _Refused(413)
        if length is not None and length <= body_sizes.PUBLIC:
            return bytes(await proto())
        if self._large >= _MOST_LARGE:
            raise _Refused(503)
        self._large += 1
        try:
            return bytes(await proto()) if length is not None else await _pieces(proto)
        finally:
            self._large -= 1


def is_expected(scope: Scope) -> bool:
    """Say whether a body follows the headers of this request."""
    headers = scope.headers
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers


def _length(scope: Scope) -> int | None:
    """Return the length that was announced; the server saw to it that it is one."""
    headers = scope.headers
    return None if "transfer-encoding" in headers else int(headers["content-length"])


async def _pieces(proto: HTTPProtocol) -> bytes:
    """Read a body of unknown length."""
    body, ends = bytearray(), 0
    async for piece in proto:
        body += piece
        # Its end is one empty piece; where it broke off, there is another one before.
        ends += not piece
        if len(body) > body_sizes.LARGEST:
            raise _Refused(413)
    if ends != 1:
        raise _Refused(400)
    return bytes(body)
