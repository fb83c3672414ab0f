"""`./run bench scale`: what regular acts ask of the database, on small letters and on a large one.

A letter of so many signatures in all states, with three mails for each, as `./run manage
fill-for-rehearsal` makes it. Nothing but the database is measured, and nobody else uses it.
"""

from __future__ import annotations

import json
import time
from contextlib import ExitStack
from dataclasses import asdict
from typing import Any

from dev.bench import acts
from dev.bench.acts import Aim
from dev.bench.options import Options
from dev.bench.sites import PRODUCTION, FilledSite
from runner.environment import free_port, isolated
from runner.locations import var_folder
from runner.site import start_site
from runner.terminal import say
from runner.throwaway import ThrowawayFolder

SIZES = (10_000, 1_000_000)
MAILS_OF_ONE = 3
SLUG = "rehearsal"
SETTINGS = {"PUBLIC_CACHE_SECONDS": "0", "STAFF_NEEDS_SECOND_FACTOR": "0"}
_QUICK = Aim(5.0, equal=True)
# By how the name of an act begins.
AIMS = {
    "inbox page": _QUICK,
    "claim": _QUICK,
    "retention": _QUICK,
    "admin": Aim(100.0),
    "recount": Aim(may_read_whole=True),
    "invariants": Aim(may_read_whole=True),
}


def run(options: Options) -> int:
    sizes = sizes_of(options)
    found, filling = {}, {}
    for size in sizes:
        found[size], filling[size] = _at(size)
    lines = acts.lines(found, AIMS)
    acts.show("scale: what the database does, in milliseconds, for one act by itself", lines)
    for size, seconds in filling.items():
        say(f"Filling {size:,} signatures and {size * MAILS_OF_ONE:,} mails: {seconds:.0f} s.")
    path = var_folder() / "bench" / "scale.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = {"filling_seconds": filling, "lines": [asdict(line) for line in lines]}
    path.write_text(json.dumps(kept, indent=1) + "\n")
    say(f"Written to {path}.")
    return 0


def sizes_of(options: Options) -> tuple[int, ...]:
    """Return the sizes that are asked for; the usual ones of other benches are too small here."""
    return options.sizes if options.sizes != Options.sizes else SIZES


def _at(size: int) -> tuple[dict[str, Any], float]:
    with ExitStack() as stack:
        filled, seconds = start_rehearsal(stack, size)
        return json.loads(filled.inside("scale", filled.slug, **SETTINGS)), seconds


def start_rehearsal(stack: ExitStack, size: int) -> tuple[FilledSite, float]:
    """Start a web process, and fill a letter; return both, and the seconds that it took."""
    say(f"Starting a site, and filling a letter with {size:,} signatures.")
    folder = ThrowawayFolder()
    stack.callback(folder.remove)
    environment = isolated(folder.path, port=free_port(), **PRODUCTION)
    site = start_site(environment, ("web",), development=True, ready=False, tell=say)
    filled = FilledSite(stack.enter_context(site), size)
    filled.slug = SLUG
    began = time.monotonic()
    filled.inside("fill", SLUG, size, size * MAILS_OF_ONE)
    seconds = time.monotonic() - began
    # Not a number of ours: the site's own command must agree with what we wrote.
    say(filled.site.manage("recount").strip())
    return filled, seconds
