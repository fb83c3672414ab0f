"""The web server with an application of ours: so many requests at a time, each with an answer."""

from __future__ import annotations

import http.client
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

import pytest

from openletter.server.worker import WRITTEN_FOR
from runner.environment import free_port
from runner.process import Process
from tests.live.waiting import until
from tests.server.application import PATIENCE, THREADS

pytestmark = pytest.mark.processes


class Server:
    """The web server with one process, as `./run` starts it."""

    def __init__(self, scratch: Path) -> None:
        self.scratch, self.port = scratch, free_port()
        application = "tests.server.application:application"
        options = ["--port", self.port, "--workers", 1, "--threads", THREADS]
        with (scratch / "log").open("wb") as log:
            self.process = Process(
                [sys.executable, "-m", "openletter.server", application, *map(str, options)],
                environment={**os.environ, "SCRATCH": str(scratch)},
                output=log,
            )

    def ask(self, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET" if body is None else "POST", path, body)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def answers(self) -> bool:
        try:
            return self.ask("/") == (200, b"got ")
        except OSError:
            return False

    def lingering(self) -> int:
        """Return how many threads have a request that lingers."""
        return len(list(self.scratch.glob("came *")))

    def log(self) -> str:
        return (self.scratch / "log").read_text()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    serving = Server(tmp_path)
    until(serving.answers, "the web server")
    yield serving
    serving.process.stop(10)


def test_granian_is_the_one_whose_worker_this_was_written_for() -> None:
    assert version("granian").startswith(f"{WRITTEN_FOR}.")


def test_so_many_are_at_work_at_a_time_with_a_body_and_without(server: Server) -> None:
    bodies = [None, b"a=b"] * THREADS
    with ThreadPoolExecutor(len(bodies)) as clients:
        answers = list(clients.map(lambda body: server.ask("/meet", body), bodies))
    assert answers == [(200, b"%d" % THREADS)] * len(bodies)


def test_f30_healthz_is_answered_while_every_thread_is_at_work(server: Server) -> None:
    with ThreadPoolExecutor(THREADS) as clients:
        asked = [clients.submit(server.ask, "/linger") for _ in range(THREADS)]
        until(lambda: server.lingering() == THREADS, "a request in every thread")
        try:
            assert server.ask("/healthz") == (200, b"ok\n")
            assert not any(one.done() for one in asked)
        finally:
            (server.scratch / "go").touch()
    assert [one.result() for one in asked] == [(200, b"stayed")] * THREADS


def test_an_application_that_breaks_off_is_logged_and_the_next_request_is_answered(
    server: Server,
) -> None:
    assert [server.ask("/break", body) for body in (None, b"a=b")] == [(500, b"")] * 2
    assert server.ask("/", b"a=b") == (200, b"got a=b")
    assert server.log().count("the application broke off") == 2


@pytest.mark.parametrize("body", [None, b"a=b"])
def test_who_is_at_work_when_the_server_stops_gets_an_answer(
    server: Server, body: bytes | None
) -> None:
    with ThreadPoolExecutor(1) as clients:
        asked = clients.submit(server.ask, "/linger", body)
        until(server.lingering, "the request")
        server.process.request_stop()
        until(lambda: "Stopping worker" in server.log(), "the server to begin to stop")
        (server.scratch / "go").touch()
        assert asked.result() == (200, b"stayed")
