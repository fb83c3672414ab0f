"""The load generator, a process of its own: reads a job on stdin, writes the outcome to stdout.

Plain sockets and epoll, because http.client would cost more than the site: about 20 µs a request.
Every connection sends its next request as soon as it has the whole answer to the last one, or when
its turn comes in the job's pace.
"""

from __future__ import annotations

import gc
import gzip
import heapq
import json
import re
import select
import socket
import sys
import time
from dataclasses import asdict
from itertools import cycle
from typing import TYPE_CHECKING

from dev.bench.job import Job, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dev.bench.job import Expected

LONGEST_ANSWER = 20.0  # seconds without any answer after which the site counts as dead
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r", re.IGNORECASE)
_GZIP = re.compile(rb"\r\ncontent-encoding: *gzip\r", re.IGNORECASE)


class Connection:
    """A kept-open connection with at most one request under way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=LONGEST_ANSWER)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sent_at = 0.0
        self._answer = b""
        self._size = 0

    def send(self, request: bytes) -> None:
        self._answer = b""
        self._size = 0
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> bytes | None:
        """Return the whole answer, or None while there is more to come. Raises ConnectionError."""
        part = self.socket.recv(1 << 18)
        if not part:
            raise ConnectionError("closed")
        self._answer = self._answer + part if self._answer else part
        if not self._size and (end := self._answer.find(b"\r\n\r\n")) > 0:
            length = _LENGTH.search(self._answer, 0, end + 2)
            if length is None:
                raise ConnectionError("an answer without Content-Length")
            self._size = end + 4 + int(length[1])
        return self._answer if self._size and len(self._answer) >= self._size else None


class Judge:
    """Says what is wrong with an answer; unpacks each different body once."""

    def __init__(self, expected: Expected) -> None:
        self._status = f"HTTP/1.1 {expected.status} ".encode()
        self._header = expected.header.encode()
        self._body = expected.body.encode()
        self._good: set[int] = set()

    def problem(self, answer: bytes) -> str:
        end = answer.find(b"\r\n\r\n")
        if not answer.startswith(self._status) or answer.find(self._header, 0, end) < 0:
            return answer[:end].decode(errors="replace")
        if not self._body:
            return ""
        body = answer[end + 4 :]
        if (mark := hash(body)) in self._good:
            return ""
        plain = gzip.decompress(body) if _GZIP.search(answer, 0, end + 2) else body
        if self._body not in plain:
            return f"{answer[:end].decode(errors='replace')}\n\n{plain[:500]!r}"
        self._good.add(mark)
        return ""


class Run:
    """One job being done."""

    def __init__(self, job: Job) -> None:
        self._job = job
        encoded = [request.encode() for request in job.requests]
        self._requests: Iterator[bytes] = iter(encoded) if job.once else cycle(encoded)
        self._judge = Judge(job.expected)
        self._outcome = Outcome()
        self._poll = select.epoll()
        self._open: dict[int, Connection] = {}
        self._turns: list[tuple[float, int]] = []  # a heap: when, and the handle of who sends then
        self._interval = job.connections / job.pace if job.pace else 0.0

    def outcome(self) -> Outcome:
        started, busy = time.perf_counter(), time.process_time()
        for _ in range(self._job.connections):
            self._connect_and_send()
        measured_from = started + self._job.warm_up
        self._end = measured_from + self._job.seconds
        last = started
        while self._open:
            events = self._poll.poll(self._until_next_turn())
            self._send_whose_turn_it_is()
            if not events and not self._turns:
                self._complain(f"{len(self._open)} requests were never answered")
                self._outcome.errors += len(self._open) - 1
                break
            for handle, _event in events:
                if handle in self._open:
                    last = self._take(self._open[handle], measured_from)
        outcome = self._outcome
        outcome.seconds = max(0.0, min(last, self._end) - measured_from)
        outcome.elapsed = time.perf_counter() - started
        outcome.busy = time.process_time() - busy
        return outcome

    def _connect_and_send(self) -> None:
        connection = Connection(self._job.port)
        handle = connection.socket.fileno()
        self._open[handle] = connection
        self._poll.register(handle, select.EPOLLIN)
        self._send_next(connection)

    def _send_next(self, connection: Connection) -> None:
        request = next(self._requests, None)
        if request is None:
            self._close(connection)
        else:
            connection.send(request)

    def _take(self, connection: Connection, measured_from: float) -> float:
        """Read what has come; after a whole answer send the next request. Return the time."""
        try:
            answer = connection.receive()
        except OSError as problem:
            self._complain(f"The connection broke: {problem!r}")
            self._close(connection)
            if time.perf_counter() < self._end:
                self._connect_and_send()
            return time.perf_counter()
        now = time.perf_counter()
        if answer is None:
            return now
        if problem_found := self._judge.problem(answer):
            self._complain(problem_found)
        else:
            self._outcome.accepted += 1
            if measured_from <= now <= self._end:
                self._outcome.latencies.append(int((now - connection.sent_at) * 1e6))
        if now < self._end and self._interval:
            turn = max(now, connection.sent_at + self._interval)
            heapq.heappush(self._turns, (turn, connection.socket.fileno()))
        elif now < self._end:
            self._send_next(connection)
        else:
            self._close(connection)
        return now

    def _until_next_turn(self) -> float:
        if not self._turns:
            return LONGEST_ANSWER
        return max(0.0, self._turns[0][0] - time.perf_counter())

    def _send_whose_turn_it_is(self) -> None:
        while self._turns and self._turns[0][0] <= time.perf_counter():
            connection = self._open.get(heapq.heappop(self._turns)[1])
            if connection is None:  # it broke while it waited
                continue
            if time.perf_counter() < self._end:
                self._send_next(connection)
            else:
                self._close(connection)

    def _close(self, connection: Connection) -> None:
        handle = connection.socket.fileno()
        self._poll.unregister(handle)
        del self._open[handle]
        connection.socket.close()

    def _complain(self, text: str) -> None:
        self._outcome.errors += 1
        if len(self._outcome.samples) < 3:
            self._outcome.samples.append(text[:1500])


def main() -> None:
    job = Job.from_json(sys.stdin.read())
    run = Run(job)
    gc.collect()
    gc.disable()  # its pauses would count as the site's
    json.dump(asdict(run.outcome()), sys.stdout)


if __name__ == "__main__":
    main()
