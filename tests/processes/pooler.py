"""PgBouncer in front of a PostgreSQL: Debian's, or another one that comes first in PATH."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from dev.debian import program
from runner.environment import free_port
from runner.process import Process
from runner.servers.embedded_server import log_for_appending
from runner.throwaway import ThrowawayFolder
from tests.live.waiting import until

# Fewer than a site's processes ask for at once, so that they share them.
CONNECTIONS = 3
_SETTINGS = """
[databases]
* = host={host} port={port} user={user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listens}
unix_socket_dir =
auth_type = any
pool_mode = {mode}
default_pool_size = {connections}
ignore_startup_parameters = {ignored}
{more}
"""


@contextmanager
def pooler(
    host: str,
    *,
    user: str,
    port: int = 5432,
    mode: str = "transaction",
    ignored: str = "",
    more: str = "",
) -> Iterator[int]:
    """Run one; tells the port on 127.0.0.1 at which it stands for every database there."""
    found = program("pgbouncer", "pgbouncer")
    if not found:
        pytest.skip("there is no PgBouncer")
    folder = ThrowawayFolder()
    listens = free_port()
    settings = folder.path / "pgbouncer.ini"
    settings.write_text(
        _SETTINGS.format(
            host=host,
            port=port,
            user=user,
            listens=listens,
            mode=mode,
            ignored=ignored,
            connections=CONNECTIONS,
            more=more,
        )
    )
    settings.chmod(0o644)
    # It does not run as root, and must reach the socket of PostgreSQL.
    account = pwd.getpwuid(Path(host).stat().st_uid).pw_name if host.startswith("/") else "nobody"
    words: list[str | Path] = [found, *(["-u", account] if os.geteuid() == 0 else []), settings]
    with log_for_appending(folder.path / "pgbouncer.log") as output:
        process = Process(words, environment=os.environ, output=output)
    try:
        until(lambda: _listens(listens), "PgBouncer")
        yield listens
    finally:
        process.stop(5)
        folder.remove()


def _listens(port: int) -> bool:
    try:
        psycopg.connect(host="127.0.0.1", port=port, user="nobody", dbname="nothing").close()
    except psycopg.OperationalError as problem:
        return "refused" not in str(problem)
    return True
