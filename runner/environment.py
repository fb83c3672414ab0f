"""What the application's processes find in their environment, in development and in production."""

from __future__ import annotations

import os
import secrets
import socket
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from itertools import count, islice
from typing import TYPE_CHECKING

from runner.errors import CommandError
from runner.locations import var_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SERVER_URLS = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL")
LOOPBACK = "127.0.0.1"
PROCESSES = {"WEB": 2, "WORKER": 1}
PRODUCTION_NEEDS = {
    "SECRET_KEY": "a long random text that stays the same and secret",
    "ALLOWED_HOSTS": "the host names of the site, such as letters.example.org",
}
_SWITCHED_ON = {"1", "true", "yes", "on"}


@dataclass
class Environment:
    """Everything a process of ours is started with, but for the servers in `needs`."""

    var: Path
    port: int
    values: dict[str, str] = field(repr=False)  # carries secrets
    needs: tuple[str, ...] = ()  # the addresses that we have to provide

    @property
    def production(self) -> bool:
        """Somebody else runs every server, so we fill in nothing and guess nothing."""
        return not self.needs

    @property
    def host(self) -> str:
        """Where web listens."""
        return self.values.get("WEB_HOST") or LOOPBACK

    @property
    def reached_at(self) -> str:
        """Where this machine reaches its own web."""
        return {"0.0.0.0": LOOPBACK, "::": "::1"}.get(self.host, self.host)  # noqa: S104

    @property
    def address(self) -> str:
        name = f"[{self.reached_at}]" if ":" in self.reached_at else self.reached_at
        return f"http://{name}:{self.port}"

    def processes(self, kind: str) -> int:
        """Return how many processes of a kind to start: WEB_PROCESSES, WORKER_PROCESSES."""
        return whole_number(self.values, f"{kind}_PROCESSES", PROCESSES[kind], most=64)

    def threads(self) -> int:
        """Return how many requests one web process works on at a time."""
        return whole_number(self.values, "WEB_THREADS", 4, most=64)


def read(given: Mapping[str, str] | None = None) -> Environment:
    """Work out the environment for this call of ./run; CommandError if something is wrong."""
    values = dict(os.environ if given is None else given)
    _refuse_half_a_production(values)
    return _work_out(values)


def _work_out(values: dict[str, str]) -> Environment:
    var = var_folder(values)
    port = whole_number(values, "PORT", 8000, most=65535)
    needs = tuple(name for name in SERVER_URLS if not values.get(name))
    values |= {"OPENLETTER_VAR": str(var), "PORT": str(port), "PYTHONUNBUFFERED": "1"}
    environment = Environment(var=var, port=port, values=values, needs=needs)
    _insist_on_an_address(environment.host)
    environment.threads()
    for kind in PROCESSES:
        environment.processes(kind)
    if environment.production:
        _insist_on_production_values(values)
    else:
        _fill_in_for_development(environment)
    return environment


def isolated(var: Path, *, port: int | None = None, **extra: str) -> Environment:
    """Return an environment with servers of its own in `var`, whatever this process was given.

    For measurements and experiments beside a running site. `extra` wins over everything.
    """
    ours = (*SERVER_URLS, *PRODUCTION_NEEDS, "DEBUG", "SITE_URL", "MAILBOX_DIR", "WEB_HOST")
    values = {name: value for name, value in os.environ.items() if name not in ours}
    values |= {"OPENLETTER_VAR": str(var), "PORT": str(port or free_port())}
    values["LOOK_UP_DOMAINS"] = "0"  # the people there are invented, and so are their domains
    return _work_out(values | extra)


def whole_number(values: Mapping[str, str], name: str, default: int, *, most: int) -> int:
    """Read a number from 1 to `most`."""
    text = values.get(name) or str(default)
    # ASCII digits only: int() also takes "٣", "1_0" and " 7 ".
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most):
        raise CommandError(f"{name} must be a whole number from 1 to {most}, not {text!r}.")
    return int(text)


def _insist_on_an_address(host: str) -> None:
    try:
        ip_address(host)
    except ValueError:
        raise CommandError(
            f"WEB_HOST must be an IP address of this machine, such as 10.0.0.5, not {host!r}."
        ) from None


# Below those that a system gives to whoever asks for any or connects to somebody: one of these is
# still free when its server starts, and when it starts again.
_PORTS = range(20_000, 32_000)
_PORTS_OF_A_PROCESS = 100
_given_ports = count()


def free_port() -> int:
    """Return a port that nobody uses at the moment.

    Each process begins in a place of its own, so that two that look at once find different ones.
    """
    place = os.getpid() * _PORTS_OF_A_PROCESS
    for number in islice(_given_ports, len(_PORTS)):
        port = _PORTS[(place + number) % len(_PORTS)]
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((LOOPBACK, port))
            return port
    raise CommandError(f"Every port from {_PORTS[0]} to {_PORTS[-1]} is taken.")


def _refuse_half_a_production(values: Mapping[str, str]) -> None:
    """Stop when a real site forgot a server: development would take over its database.

    There it would show tracebacks to visitors and give admin@example.org a password.
    """
    missing = [name for name in SERVER_URLS if not values.get(name)]
    signs = [name for name in PRODUCTION_NEEDS if values.get(name)]
    if values.get("SITE_URL", "").strip().lower().startswith("https:"):
        signs.append("SITE_URL")
    if missing and signs and values.get("DEBUG", "").strip().lower() not in _SWITCHED_ON:
        raise CommandError(
            f"Set {' and '.join(missing)}, because by its {' and '.join(signs)} this is a real "
            "site; or set DEBUG=1 for a development site."
        )


def _insist_on_production_values(values: Mapping[str, str]) -> None:
    for name, meaning in PRODUCTION_NEEDS.items():
        if not values.get(name):
            raise CommandError(
                f"{name} is not set. DATABASE_URL, REDIS_URL and EMAIL_URL are, so this is "
                f"production: set {name} to {meaning}."
            )


def _fill_in_for_development(environment: Environment) -> None:
    values = environment.values
    values.setdefault("DEBUG", "1")
    for name, value in {
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "SITE_URL": environment.address,
    }.items():
        values[name] = values.get(name) or value
    if not values.get("SECRET_KEY"):
        values["SECRET_KEY"] = _kept_secret(environment.var / "secret_key")


def _kept_secret(path: Path) -> str:
    """Return the key in this file; make it the first time, so that links outlive a restart."""
    with suppress(FileNotFoundError):
        if kept := path.read_text().strip():
            return kept
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(48) + "\n")
    try:
        os.link(unfinished, path)  # unlike a rename, leaves the key of a call that was faster
    except FileExistsError:
        if not path.read_text().strip():
            unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path.read_text().strip()
