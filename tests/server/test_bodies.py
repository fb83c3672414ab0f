"""T45: what is read of a body, and which one gives way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from openletter.server.bodies import Bodies, is_expected
from openletter.server.environ import environ_of


@dataclass(eq=False)
class Request:
    """A request as granian hands it over, whose body comes when the test says so."""

    headers: dict[str, str]
    body: asyncio.Queue[bytes] = field(default_factory=asyncio.Queue)

    async def __call__(self) -> bytes:
        return await self.body.get()


def small(length: int = 5) -> Request:
    return Request({"content-length": str(length)})


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def run(act: Callable[[Bodies, list[Any]], Any], *, most: int = 2) -> list[Any]:
    """Run a coroutine with bodies of a loop of its own; return what became of each request."""
    outcome: list[Any] = []

    async def main() -> None:
        bodies = Bodies(
            asyncio.get_running_loop(),
            most=most,
            read=lambda scope, _proto, body: outcome.append((scope, body)),
            refuse=lambda scope, _proto, status: outcome.append((scope, status)),
        )
        await act(bodies, outcome)

    asyncio.run(main())
    return outcome


def test_the_oldest_of_too_many_gives_way_and_the_others_are_read() -> None:
    requests: list[Request] = []

    async def act(bodies: Bodies, outcome: list[Any]) -> None:
        requests.extend(small() for _ in range(3))
        for request in requests:
            bodies.begin(request, request)
        await settle()
        assert outcome == [(requests[0], 408)]
        for request in requests[1:]:
            request.body.put_nowait(b"a=b&c")
        await settle()

    assert run(act)[1:] == [(request, b"a=b&c") for request in requests[1:]]


def test_a_few_large_ones_are_read_at_a_time_and_small_ones_beside_them() -> None:
    async def act(bodies: Bodies, outcome: list[Any]) -> None:
        large = [small(70_000) for _ in range(9)]
        for request in large:
            bodies.begin(request, request)
        await settle()
        assert outcome == [(large[8], 503)]
        one = small()
        bodies.begin(one, one)
        one.body.put_nowait(b"small")
        large[0].body.put_nowait(b"large")
        await settle()
        another = small(70_000)  # there is room again
        bodies.begin(another, another)
        another.body.put_nowait(b"another")
        await settle()

    read = [what for _request, what in run(act, most=20)][1:4]
    assert sorted(read) == [b"another", b"large", b"small"]


def test_a_body_is_expected_where_one_is_announced() -> None:
    assert is_expected(small())
    assert is_expected(Request({"transfer-encoding": "chunked"}))
    assert not is_expected(small(0))


@dataclass
class Scope:
    headers: Any
    path: str = "/"
    query_string: str = ""
    method: str = "GET"
    http_version: str = "1.1"
    server: str = "127.0.0.1:8000"
    client: str = "[2001:db8::7]:4711"
    scheme: str = "http"
    authority: str | None = None


class Headers:
    def __init__(self, *pairs: tuple[str, str]) -> None:
        self.items = lambda: list(pairs)


def test_t46_names_with_an_underscore_are_left_out_and_others_stand_as_wsgi_writes_them() -> None:
    sent = Headers(
        ("host", "letters.example.org"),
        *(("x-forwarded-for", "203.0.113.7"), ("x_forwarded_for", "198.51.100.9")),
        *(("x-forwarded_for", "198.51.100.9"), ("content_length", "9"), ("x-forwarded-for", "b")),
        *(("cookie", "a=1"), ("cookie", "b=2"), ("content-type", "text/plain")),
    )
    environ = environ_of(Scope(sent, path="/brief-für-alle/", query_string="q=ü"), b"body")
    assert {name: value for name, value in environ.items() if name.startswith("HTTP_")} == {
        "HTTP_HOST": "letters.example.org",
        "HTTP_X_FORWARDED_FOR": "203.0.113.7,b",
        "HTTP_COOKIE": "a=1;b=2",
    }
    assert (environ["CONTENT_TYPE"], environ["CONTENT_LENGTH"]) == ("text/plain", "4")
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/brief-für-alle/"
    assert environ["QUERY_STRING"].encode("latin-1").decode() == "q=ü"
    assert (environ["REMOTE_ADDR"], environ["SERVER_PORT"]) == ("2001:db8::7", "8000")
