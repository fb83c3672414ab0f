"""A question to another machine ends when its time is over, whatever that machine does."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from openletter.moderation.external_rule import posting
from openletter.moderation.external_rule.posting import NoAnswer, post
from tests.other_program import Program, running

SOON, LATE = 0.3, 20.0


@pytest.fixture
def program() -> Iterator[Program]:
    with running() as found:
        yield found


def ask(url: str, seconds: float = LATE) -> bytes:
    return post(url, b"{}", {"Content-Type": "application/json"}, seconds=seconds, most_bytes=100)


def no_answer(url: str, seconds: float = LATE) -> str:
    with pytest.raises(NoAnswer) as problem:
        ask(url, seconds)
    return str(problem.value)


def threads() -> list[threading.Thread]:
    return [one for one in threading.enumerate() if one.name == "posting"]


def ended() -> bool:
    """Say whether no thread waits any more, once each had time to notice."""
    for one in threads():
        one.join(5)
    return not threads()


def test_an_answer_is_returned(program: Program) -> None:
    program.send(200, b"yes")
    assert ask(program.url) == b"yes"
    assert ended()


def test_an_answer_that_is_as_long_as_allowed_is_returned(program: Program) -> None:
    program.send(200, b"x" * 100)
    assert ask(program.url) == b"x" * 100


@pytest.mark.parametrize("status", [204, 400, 404, 429, 500, 503])
def test_any_other_status_is_no_answer(program: Program, status: int) -> None:
    program.send(status)
    assert no_answer(program.url) == f"status {status}"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(program: Program, status: int) -> None:
    with running() as other:
        program.send(status, Location=other.url)
        assert no_answer(program.url) == f"status {status}"
        assert other.asked == []


def test_a_long_answer_is_not_read_to_its_end(program: Program) -> None:
    program.send(200, b"x" * 50_000_000)
    assert no_answer(program.url) == "it said too much"
    assert ended()


def test_an_answer_without_an_end_is_not_waited_for(program: Program) -> None:
    program.drip(b"x" * 1000, behind=b"HTTP/1.1 200 OK\r\n\r\n")
    assert no_answer(program.url) == "it said too much"
    assert ended()


def test_silence_ends_with_the_time(program: Program) -> None:
    program.hang()
    assert no_answer(program.url, SOON) == "it took too long"
    assert ended()


@pytest.mark.parametrize("begun", [b"H", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_byte_now_and_then_ends_with_the_time(program: Program, begun: bytes) -> None:
    """Each byte would begin the time-out of a socket anew."""
    program.drip(b"x", behind=begun)
    assert no_answer(program.url, SOON) == "it took too long"
    assert ended()


def test_nobody_at_the_address_is_no_answer() -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unheard.getsockname()[1]}/"
        assert no_answer(address) == "ConnectionRefusedError"


@pytest.mark.parametrize("said", [b"", b"\x00\xff\n", b"HTTP/9.9 what\r\n\r\n"])
def test_what_is_no_http_is_no_answer(program: Program, said: bytes) -> None:
    program.send_raw(said)
    assert no_answer(program.url)


def test_a_server_without_tls_is_no_answer_over_https(program: Program) -> None:
    assert "SSL" in no_answer(program.url.replace("http:", "https:"))


def test_a_name_server_that_is_silent_holds_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """No time-out of a socket ends that: only the time that somebody waits for the thread."""
    is_over = threading.Event()

    def never(*_asked: object, **_more: object) -> list[object]:
        is_over.wait()
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", never)
    assert no_answer("http://slow.example.org/", SOON) == "it took too long"
    is_over.set()
    assert ended()


def test_no_proxy_of_the_environment_is_taken(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        program.send(200, b"yes")
        assert ask(program.url) == b"yes"
        assert proxy.asked == []


def test_so_many_wait_at_a_time_and_no_more(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "_free", threading.BoundedSemaphore(1))
    program.hang()
    first = threading.Thread(target=lambda: no_answer(program.url))
    first.start()
    while not program.asked:
        first.join(0.01)
    assert no_answer(program.url) == "too many wait for one already"
    program.is_over.set()
    first.join()
    program.send(200, b"yes")
    assert ended()
    assert ask(program.url) == b"yes"
