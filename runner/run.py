"""`./run`: the site in one terminal, until Ctrl-C."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from runner import environment as environments
from runner.errors import leave
from runner.interruption import Interrupted, Interruption
from runner.locations import ROOT
from runner.parts import PARTS
from runner.site import READY_LIMIT, Site
from runner.terminal import say

if TYPE_CHECKING:
    from pathlib import Path

    from runner.environment import Environment


def main() -> int:
    """Run until somebody asks us to stop."""
    interruption = Interruption()
    environment = environments.read()
    production = environment.production
    site = Site(environment, calm=not production, tell=say)
    try:
        with interruption.breaks_off():
            say(opening(environment))
            site.begin(PARTS, development=not production)
            wait_and_tell(site)
        interruption.stop.wait()
    except Interrupted:
        pass  # stopping is all that is left to do
    finally:
        if interruption.stop.is_set():
            say("\nStopping; workers finish what they are doing. Ctrl-C again stops at once.")
        site.stop(interruption.hurry)
    return 0


def opening(environment: Environment) -> str:
    if environment.production:
        return "Starting openletter."
    if len(environment.needs) == len(environments.SERVER_URLS):
        return "Starting openletter for development."
    missing = " and ".join(environment.needs)
    are = "is" if len(environment.needs) == 1 else "are"
    return f"Starting openletter for development, because {missing} {are} not set."


def wait_and_tell(site: Site) -> None:
    """Tell the addresses once the site is ready; say what is missing if that takes long."""
    patience_ends = time.monotonic() + READY_LIMIT
    logs = short(site.environment.var / "log")
    while missing := site.missing():
        if time.monotonic() > patience_ends:
            say(f"Not ready yet, {' and '.join(missing)} missing; see {logs}. Still waiting.")
            patience_ends += READY_LIMIT
        time.sleep(0.3)
    say(f"\nReady\n{table(site, logs)}\n")


def table(site: Site, logs: str) -> str:
    address = site.address
    rows = [("Site", f"{address}/")]
    if site.environment.production:
        first_host = site.values["ALLOWED_HOSTS"].split(",")[0].strip().lstrip("*.")
        rows.append(("Public", site.values.get("SITE_URL") or f"https://{first_host}/"))
    if site.prepared.letter:
        rows.append(("Letter", f"{address}/{site.prepared.letter}/"))
    rows.append(("Admin", f"{address}/admin/"))
    if site.prepared.admin:
        email, password = site.prepared.admin
        rows += [("  e-mail", email), ("  password", password)]
    if site.servers.mail:
        rows.append(("Mailbox", f"{address}/mailbox/"))
    rows += [("Logs", logs), ("Stop", "Ctrl-C")]
    return "\n".join(f"  {name:<12}{value}" for name, value in rows)


def short(path: Path) -> str:
    """Name a path as it looks from the repository."""
    return f"{path.relative_to(ROOT) if path.is_relative_to(ROOT) else path}/"


if __name__ == "__main__":
    leave(main)
