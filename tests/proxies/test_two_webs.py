"""F33: one of two machines that serve web goes, in whatever way; nobody waits for it for long."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from runner.child import Child
from runner.environment import free_port
from runner.parts import child
from runner.terminal import say
from tests.live.people import somebody
from tests.live.site import LiveSite
from tests.live.waiting import until
from tests.proxies.door import HERE, Door, Refused
from tests.proxies.running import CADDY_FILE, NGINX_FILE, running_caddy, running_nginx

pytestmark = pytest.mark.processes
SOME = 6
Proxy = Callable[[list[int]], AbstractContextManager[Door]]
HEALTH = {
    "#health_uri": "health_uri",
    "#health_headers {": "health_headers {",
    "#\tHost letters": "\tHost letters",
    "#}": "}",
    "#health_interval": "health_interval",
    "#health_timeout 5s": "health_timeout 1s",
}
RUNNING = {
    # Of these numbers the tests wait for one; the files have their own.
    "nginx": (running_nginx, {"proxy_read_timeout 20s;": "proxy_read_timeout 1s;"}),
    "caddy": (running_caddy, HEALTH),
}


@pytest.fixture
def second(site: LiveSite, tmp_path: Path) -> Iterator[tuple[int, Child]]:
    """One more web, on a port of its own."""
    port = free_port()
    elsewhere = replace(site.site.environment, var=tmp_path, port=port)
    web = child("web", elsewhere, site.site.values, calm=True, tell=say)
    web.start()
    try:
        until(lambda: _answers(port), "the second web")
        yield port, web
    finally:
        web.kill()
        web.stop()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HERE, port)) == 0


def killed(web: Child) -> None:
    web.kill()


def stopped(web: Child) -> None:
    assert web.pid
    os.killpg(web.pid, signal.SIGSTOP)


@pytest.fixture(params=RUNNING)
def proxy(request: pytest.FixtureRequest, tmp_path: Path) -> Proxy:
    run, changes = RUNNING[request.param]
    folder = tmp_path / request.param
    folder.mkdir()
    return lambda webs: run(folder, webs, changes)


def all_are_served(door: Door) -> bool:
    return all(door.get("/healthz").status == 200 for _ in range(SOME))


@pytest.mark.parametrize("goes", [killed, stopped])
def test_f33_the_other_web_answers(
    site: LiveSite, second: tuple[int, Child], proxy: Proxy, goes: Callable[..., None]
) -> None:
    port, web = second
    with ExitStack() as stack:
        door = stack.enter_context(proxy([site.site.environment.port, port]))
        assert all_are_served(door)
        goes(web)
        until(lambda: all_are_served(door), "an answer to everybody")
        expect_signing_to_work(site, door)


def expect_signing_to_work(site: LiveSite, door: Door) -> None:
    """Sign. Caddy of Debian 12 cannot send a form again: there, wait until it has noticed."""

    def signed() -> bool:
        person = somebody()
        with suppress(Refused):
            door.sign(person)
            return site.state_of(person) == "pending"
        assert door.name == "caddy"
        return False

    until(signed, "a signature")


@contextmanager
def vanished() -> Iterator[int]:
    """A port at which nothing is answered, as if there were no machine."""
    with ExitStack() as stack:
        silent = stack.enter_context(socket.socket())
        silent.bind((HERE, 0))
        silent.listen(0)
        for _ in range(4):  # until the queue is full
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(silent.getsockname())
        yield silent.getsockname()[1]


def test_f33_a_machine_that_vanished_is_given_up_after_two_seconds(
    site: LiveSite, proxy: Proxy
) -> None:
    with ExitStack() as stack:
        silent = stack.enter_context(vanished())
        door = stack.enter_context(proxy([silent, site.site.environment.port]))
        until(lambda: all_are_served(door), "an answer to everybody")
        expect_signing_to_work(site, door)


def test_f33_the_files_give_up_on_a_machine_after_two_seconds() -> None:
    assert "proxy_connect_timeout 2s;" in NGINX_FILE.read_text()
    assert "dial_timeout 2s" in CADDY_FILE.read_text()
