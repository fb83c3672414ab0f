"""A server that takes connections and never answers."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress


class Hanging:
    """Counts who came."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._taken: list[socket.socket] = []
        self.url = f"redis://127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._take, daemon=True)
        self._thread.start()

    def _take(self) -> None:
        with suppress(OSError):
            while True:
                self._taken.append(self._socket.accept()[0])

    @property
    def waited_for(self) -> int:
        return len(self._taken)

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        for one in (self._socket, *self._taken):
            one.close()
