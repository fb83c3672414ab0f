"""`./run bench scale`: what regular acts ask of the database, on small letters and on a large one.

A letter of so many signatures in all states, with three mails for each, as `./run manage
fill-for-rehearsal` makes it. Nothing but the database is measured, and nobody else uses it.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from typing import Any

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
_SETTINGS = {"PUBLIC_CACHE_SECONDS": "0", "STAFF_NEEDS_SECOND_FACTOR": "0"}
# By how many percent, or else milliseconds and rows, the sizes may differ and count as equal.
AIM_EQUAL, AIM_EQUAL_MS, AIM_EQUAL_ROWS = 50, 0.5, 1_000


@dataclass(frozen=True)
class Aim:
    """How long the database may take, at whatever size; whether it may read tables whole."""

    ms: float | None = None
    equal: bool = False
    may_read_whole: bool = False


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
_REGULAR = Aim(equal=True)


@dataclass(frozen=True)
class Line:
    """What one act asked at one size."""

    what: str
    size: int
    statements: int
    ms: float
    longest_ms: float
    buffers: int
    rows_read: int
    reads_whole: list[str]

    @property
    def aim(self) -> Aim:
        return next((aim for name, aim in AIMS.items() if self.what.startswith(name)), _REGULAR)

    def reached(self, small: Line) -> bool:
        """Say whether it does what it shall; `small` is the same act at the smallest size."""
        aim = self.aim
        fast = aim.ms is None or self.ms < aim.ms
        # The clock may hide what grows; the rows that were read tell.
        equal = not aim.equal or (
            _are_equal(self.ms, small.ms, AIM_EQUAL_MS)
            and _are_equal(self.rows_read, small.rows_read, AIM_EQUAL_ROWS)
        )
        return fast and equal and (aim.may_read_whole or not self.reads_whole)


def _are_equal(large: float, small: float, most: float) -> bool:
    return large <= max(small * (1 + AIM_EQUAL / 100), small + most)


def run(options: Options) -> int:
    sizes = options.sizes if options.sizes != Options.sizes else SIZES
    lines, filling = [], {}
    for size in sizes:
        found, filling[size] = _at(size)
        lines += [Line(what, size, **asked) for what, asked in found.items()]
    lines.sort(key=lambda line: list(found).index(line.what))  # stable, so by size in each act
    _table(lines)
    for size, seconds in filling.items():
        say(f"Filling {size:,} signatures and {size * MAILS_OF_ONE:,} mails: {seconds:.0f} s.")
    path = var_folder() / "bench" / "scale.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = {"filling_seconds": filling, "lines": [asdict(line) for line in lines]}
    path.write_text(json.dumps(kept, indent=1) + "\n")
    say(f"Written to {path}.")
    return 0


def _at(size: int) -> tuple[dict[str, Any], float]:
    say(f"Starting a site, and filling a letter with {size:,} signatures.")
    folder = ThrowawayFolder()
    try:
        environment = isolated(folder.path, port=free_port(), **PRODUCTION)
        with start_site(environment, ("web",), development=True, ready=False, tell=say) as site:
            filled = FilledSite(site, size)
            began = time.monotonic()
            filled.inside("fill", SLUG, size, size * MAILS_OF_ONE)
            seconds = time.monotonic() - began
            # Not a number of ours: the site's own command must agree with what we wrote.
            say(site.manage("recount").strip())
            return json.loads(filled.inside("scale", SLUG, **_SETTINGS)), seconds
    finally:
        folder.remove()


def _table(lines: list[Line]) -> None:
    head = ["", "signatures", "statements", "ms", "longest", "buffers", "rows read"]
    rows = [[*head, "aim", "reached"]]
    smallest: dict[str, Line] = {}
    rows += [_row(line, smallest.setdefault(line.what, line)) for line in lines]
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    say("\nscale: what the database does, in milliseconds, for one act by itself")
    for row, whole in zip(
        rows, ["reads whole", *(", ".join(line.reads_whole) for line in lines)], strict=True
    ):
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        say("  ".join([*cells, whole]).rstrip())


def _row(line: Line, small: Line) -> list[str]:
    aims = [f"< {line.aim.ms:g} ms"] if line.aim.ms else []
    aims += ["equal"] if line.aim.equal else []
    return [
        line.what,
        f"{line.size:,}",
        f"{line.statements:,}",
        f"{line.ms:,.2f}",
        f"{line.longest_ms:,.2f}",
        f"{line.buffers:,}",
        f"{line.rows_read:,}",
        ", ".join(aims),
        "yes" if line.reached(small) else "NO",
    ]
