"""The servers that this machine runs itself, because no URL names them."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from runner.permissions import keep_private
from runner.servers.mailserver import Mailserver
from runner.servers.postgres import Postgres
from runner.servers.valkey import Valkey

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from runner.servers.embedded_server import EmbeddedServer


class Servers:
    """PostgreSQL, Valkey and a mail catcher with their data in one folder, or some of the three."""

    def __init__(self, var: Path, needs: Collection[str], *, throwaway: bool = False) -> None:
        log = var / "log"
        self._var = var
        self.postgres: Postgres | None = None
        self.valkey: Valkey | None = None
        self.mail: Mailserver | None = None
        if "DATABASE_URL" in needs:
            self.postgres = Postgres(
                var / "postgres", log=log / "postgres.log", throwaway=throwaway
            )
        if "REDIS_URL" in needs:
            self.valkey = Valkey(var / "valkey", log=log / "valkey.log", throwaway=throwaway)
        if "EMAIL_URL" in needs:
            self.mail = Mailserver(var / "mailbox", log=log / "mail.log")

    def all(self) -> list[EmbeddedServer]:
        return [server for server in (self.postgres, self.valkey, self.mail) if server]

    def start(self) -> Mapping[str, str]:
        """Start or join them all at once; return what their users need in the environment."""
        servers = self.all()
        # The user of PostgreSQL passes through on the way to its own folder.
        keep_private(self._var, passable=self.postgres is not None and os.geteuid() == 0)
        with ThreadPoolExecutor(max_workers=max(1, len(servers))) as side_by_side:
            for started in [side_by_side.submit(server.start) for server in servers]:
                started.result()
        return self.addresses()

    def addresses(self) -> Mapping[str, str]:
        found = {}
        if self.postgres:
            found["DATABASE_URL"] = self.postgres.url()
        if self.valkey:
            found["REDIS_URL"] = self.valkey.url()
        if self.mail:
            found["EMAIL_URL"] = self.mail.url()
            found["MAILBOX_DIR"] = str(self.mail.folder)
        return found

    def stop(self) -> None:
        """Stop those that are ours, all at once."""
        servers = self.all()
        for server in servers:
            server.request_stop()
        for server in servers:
            server.stop()
