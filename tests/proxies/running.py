"""nginx and Caddy with the files of docs/proxies: only ports, folders and certificate differ."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from dev.proxies import program
from runner.environment import free_port
from runner.locations import ROOT
from runner.process import Process
from tests.live.waiting import until
from tests.proxies.certificate import HOST, make_certificate
from tests.proxies.door import HERE, Door

NGINX_FILE = ROOT / "docs/proxies/nginx.conf"
CADDY_FILE = ROOT / "docs/proxies/Caddyfile"
_NGINX_MAIN = """
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log stderr;
{user}
events {{ worker_connections 1000; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


def with_replacements(text: str, replacements: Mapping[str, str]) -> str:
    """Replace what must differ here; fail when the file does not say it exactly once."""
    for said, instead in replacements.items():
        assert text.count(said) == 1, f"{said!r} stands {text.count(said)} times in the file"
        text = text.replace(said, instead)
    return text


@contextmanager
def running_nginx(
    folder: Path, webs: list[int], replacements: Mapping[str, str] | None = None
) -> Iterator[Door]:
    """Run nginx before one or two webs; further replacements change its file."""
    public, private = make_certificate(folder)
    port = free_port()
    live = "/etc/letsencrypt/live/letters.example.org"
    changes = {
        "server 127.0.0.1:8000 ": f"server {HERE}:{webs[0]} ",
        "listen 80;": f"listen {HERE}:{free_port()};",
        "listen 443 ssl;": f"listen {HERE}:{port} ssl;",
        f"{live}/fullchain.pem": str(public),
        f"{live}/privkey.pem": str(private),
        "/var/cache/nginx/openletter ": f"{folder}/cache ",
        "/var/log/nginx/openletter.log": f"{folder}/access.log",
        # So that tests see what came from the cache.
        "proxy_cache openletter;": "proxy_cache openletter;"
        "add_header X-Cache-Status $upstream_cache_status always;",
    }
    for web in webs[1:]:
        changes["# server 10.0.0.6:8000 "] = f"server {HERE}:{web} "
    text = with_replacements(NGINX_FILE.read_text(), {**changes, **(replacements or {})})
    (folder / "site.conf").write_text(text)
    user = "user root;" if os.geteuid() == 0 else ""
    main = folder / "nginx.conf"
    main.write_text(_NGINX_MAIN.format(folder=folder, user=user))
    command: list[str | Path] = [program("nginx"), "-e", "stderr", "-p", folder, "-c", main]
    with _running(command, folder, port):
        yield Door("nginx", port)


@contextmanager
def running_caddy(
    folder: Path, webs: list[int], replacements: Mapping[str, str] | None = None
) -> Iterator[Door]:
    """Run Caddy before one or two webs; further replacements change its file."""
    public, private = make_certificate(folder)
    port = free_port()
    changes = {
        "\n{\n\tservers {": "\n{\n\tadmin off\n\tauto_https off\n\tservers {",
        f"\n{HOST} {{\n": f"\nhttps://{HOST}:{port} {{\n\tbind {HERE}\n\ttls {public} {private}\n",
        "reverse_proxy 127.0.0.1:8000 {": "reverse_proxy "
        + " ".join(f"{HERE}:{web}" for web in webs)
        + " {",
    }
    text = with_replacements(CADDY_FILE.read_text(), {**changes, **(replacements or {})})
    written = folder / "Caddyfile"
    written.write_text(text)
    command: list[str | Path] = [
        *(program("caddy"), "run", "--adapter", "caddyfile", "--config", written)
    ]
    with _running(command, folder, port):
        yield Door("caddy", port)


@contextmanager
def _running(command: list[str | Path], folder: Path, port: int) -> Iterator[None]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    log = folder / "output.log"
    with log.open("wb") as output:
        process = Process(command, environment=environment, output=output)
    try:
        until(_listens_or_ended(process, port), "the proxy")
        assert process.alive(), log.read_text()
        yield
    finally:
        process.kill()  # Caddy would wait for clients that still hold a connection
        process.wait(10)


def _listens_or_ended(process: Process, port: int) -> Callable[[], bool]:
    def look() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((HERE, port)) == 0 or not process.alive()

    return look
