"""T36, T45: clients that are slow on purpose keep nobody else from reading and signing."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from functools import partial
from itertools import count
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.live.people import somebody
from tests.live.site import DEMO, LiveSite
from tests.live.waiting import until
from tests.proxies.conftest import THREADS
from tests.proxies.door import ELSEWHERE, FORM, HERE, Answer, Door, has_ended, read_answer

pytestmark = pytest.mark.processes
CROWD = 10 * THREADS
POST = f"POST /{DEMO}/sign/"
unseen = count(10**6)
BODY_HEADERS = [("Content-Type", FORM), ("Content-Length", "5000")]


class Drip:
    """Clients that send a byte each now and then, until they are sent away or we stop."""

    def __init__(self) -> None:
        self.clients: list[socket.socket] = []
        self._stop = Event()
        self._thread = Thread(target=self._run)

    def begin(self, clients: list[socket.socket]) -> None:
        self.clients += clients
        if not self._thread.is_alive():
            self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(0.3):
            for client in list(self.clients):
                with suppress(OSError):
                    client.send(b"x")


@pytest.fixture
def drip() -> Iterator[Drip]:
    dripping = Drip()
    yield dripping
    dripping.stop()
    for client in dripping.clients:
        client.close()


def slow_clients(door: Door, start: bytes, *, number: int = CROWD) -> list[socket.socket]:
    """Let many begin a request, all from one address, which is not the one of our readers."""
    clients = [door.connect(ELSEWHERE) for _ in range(number)]
    for client in clients:
        client.sendall(start)
    return clients


def expect_others_to_be_served(site: LiveSite, doors: Iterable[Door]) -> None:
    """Read what nobody has in memory, and sign."""
    for door in doors:
        assert door.get("/healthz").status == 200
        assert door.get(f"/{DEMO}/signatures/?after={next(unseen)}").status == 200
        person = somebody()
        door.sign(person)
        assert site.state_of(person) == "pending"


def expect_all_to_be_sent_away(clients: Iterable[socket.socket]) -> None:
    for client in clients:
        until(partial(has_ended, client), "a slow client that is sent away")


def test_t36_t45_slow_headers_and_bodies_hold_nobody_up_and_come_to_an_end(
    site: LiveSite, straight: Door, nginx: Door, caddy: Door, drip: Drip
) -> None:
    doors = (straight, nginx, caddy)
    heads, bodies = {}, {}
    for door in doors:
        unfinished = door.head(f"GET /{DEMO}/", [("X-Slow", "")]).removesuffix(b"\r\n\r\n")
        heads[door.name] = slow_clients(door, unfinished)
        bodies[door.name] = slow_clients(door, door.head(POST, BODY_HEADERS) + b"name=")
        drip.begin([*heads[door.name], *bodies[door.name]])
    expect_others_to_be_served(site, doors)
    for door in doors:
        expect_all_to_be_sent_away(heads[door.name])
    expect_all_to_be_sent_away([*bodies["straight"], *bodies["caddy"]])
    # nginx waits ten seconds for each byte: it takes no more of them than twenty from an address,
    # and tells the site nothing before it has all.
    assert sum(not has_ended(client) for client in bodies["nginx"]) <= 20
    expect_others_to_be_served(site, doors)
    drip.stop()
    expect_all_to_be_sent_away(bodies["nginx"])


def test_t45_who_is_too_slow_is_told_so_and_large_bodies_do_not_fill_the_memory(
    straight: Door, drip: Drip
) -> None:
    large = [("Content-Type", FORM), ("Content-Length", "1000000")]
    start = straight.head(f"POST /de/{DEMO}/sign/", large) + b"name="

    def refused() -> Answer | None:
        drip.begin(slow_clients(straight, start, number=8))
        answer = straight.ask(POST, large)
        return answer if answer.status == 503 else None

    answer = until(refused, "an answer beside eight large bodies")
    assert answer
    assert answer.headers["Retry-After"] == "30"
    assert straight.post(f"/{DEMO}/sign/", {"name": "x"}).status == 422
    for client in drip.clients[:8]:
        answer = read_answer(client)
        assert (answer.status, answer.headers["Content-Language"]) == (408, "de")
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Connection"] == "close"
        assert "<h1" in answer.text


def test_t36_clients_that_do_not_read_hold_nobody_up(
    site: LiveSite, straight: Door, nginx: Door, caddy: Door
) -> None:
    doors = (straight, nginx, caddy)
    files = sorted((site.site.environment.var / "static").rglob("*.js"), key=size_of)
    path = files[-1].relative_to(site.site.environment.var)
    with ExitStack() as stack:
        for door in doors:
            for _ in range(CROWD):
                client = stack.enter_context(door.connect(ELSEWHERE, buffer=4096))
                client.settimeout(0.2)
                with suppress(OSError):  # once nobody takes more of it
                    for _ in range(300):
                        client.sendall(door.head(f"GET /{path}"))
        expect_others_to_be_served(site, doors)


def size_of(path: Path) -> int:
    return path.stat().st_size


def test_t38_a_body_beyond_every_limit_is_refused_before_it_is_read(straight: Door) -> None:
    sent = [("Content-Type", FORM), ("Content-Length", str(3 * 1024 * 1024))]
    assert straight.ask(POST, sent).status == 413


PIECES = b"5\r\nname=\r\n4\r\nSuzi\r\n0\r\n\r\n"
CHUNKED = [("Content-Type", FORM), ("Transfer-Encoding", "chunked")]


def test_a_body_in_pieces_is_read_whole(straight: Door) -> None:
    whole = straight.ask(POST, CHUNKED, PIECES)
    assert (whole.status, 'value="Suzi"' in whole.text) == (422, True)


def test_t38_a_body_in_pieces_that_breaks_off_is_not_acted_upon(
    site: LiveSite, straight: Door
) -> None:
    before = site.ask("SELECT count(*) FROM signatures_formsubmission")
    with straight.connect(HERE) as client:
        client.sendall(straight.head(POST, CHUNKED) + PIECES[:-5])
        client.shutdown(socket.SHUT_WR)
        answer = read_answer(client)
    assert answer.status == 400
    assert site.ask("SELECT count(*) FROM signatures_formsubmission") == before
