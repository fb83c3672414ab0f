"""docs/proxies: one source, and what its logs do not say."""

from __future__ import annotations

from pathlib import Path

import pytest

from dev import debian, proxies
from openletter.lib import tokens
from openletter.lib.http import body_sizes
from openletter.lib.ids import uuid7
from runner.errors import CommandError
from runner.locations import ROOT
from tests.live.site import LiveSite
from tests.live.waiting import until
from tests.proxies.running import CADDY_FILE, NGINX_FILE, running_nginx

pytestmark = pytest.mark.processes
# What people, mail programs and scanners make of the address behind a link.
MANGLED = (
    *("/s/TOKEN/confirm/", "/de/s/TOKEN/", "//s//TOKEN/", "/S/TOKEN", "/s/%20TOKEN", "/s/%22TOKEN"),
    *(
        "/%2Fs%2FTOKEN",
        "/?next=%252Fs%252FTOKEN",
        "/\\s\\TOKEN",
        "/%5Cs%5CTOKEN",
        "/TOKEN",
        "/?TOKEN",
    ),
)


@pytest.mark.parametrize(("name", "package"), proxies.PACKAGES.items())
def test_who_lacks_a_proxy_is_told_what_to_install(
    name: str, package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(debian, "PLACES", str(tmp_path))
    with pytest.raises(CommandError, match=f"apt-get install {package}"):
        proxies.program(name)


@pytest.mark.parametrize("file", [NGINX_FILE, CADDY_FILE])
def test_f32_the_docs_lead_to_each_file_and_hold_no_copy(file: Path) -> None:
    page = (ROOT / "docs/deploy.md").read_text()
    assert f"({file.relative_to(ROOT / 'docs')})" in page
    copied = [line for line in file.read_text().splitlines() if len(line) > 20 and line in page]
    assert copied == []


def test_t36_both_files_set_deadlines_and_limits() -> None:
    nginx, caddy = NGINX_FILE.read_text(), CADDY_FILE.read_text()
    for line in ("client_header_timeout 10s;", "client_body_timeout 10s;", "send_timeout 10s;"):
        assert line in nginx
    assert "limit_conn openletter_clients 20;" in nginx
    largest = body_sizes.LARGEST // 1024**2
    assert f"client_max_body_size {largest}m;" in nginx
    for line in ("read_header 10s", "read_body 10s", "write 60s", f"max_size {largest}MB"):
        assert f"\t{line}\n" in caddy


def test_t31_no_token_is_written_into_the_log_of_nginx(site: LiveSite, tmp_path: Path) -> None:
    token = tokens.make("confirm", uuid7())
    log = tmp_path / "access.log"
    with running_nginx(tmp_path, [site.site.environment.port]) as door:
        for mangled in MANGLED:
            for written in (token, token.replace(".", "%2E")):
                path = mangled.replace("TOKEN", written)
                assert door.get(path, {"Referer": f"https://letters.example.org{path}"}).status
        door.get("/?the-last-one", {"Referer": f"https://letters.example.org/s/{token}/"})
        until(lambda: "the-last-one" in log.read_text(), "the last line of the log")
    payload, _dot, signature = token.partition(".")
    assert payload not in log.read_text()
    assert signature not in log.read_text()
