"""What acts ask of the database, beside what they may: a line for each, at each size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runner.terminal import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

# By how many percent, or else milliseconds and rows, the sizes may differ and count as equal.
_EQUAL, _EQUAL_MS, _EQUAL_ROWS = 50, 0.5, 1_000


@dataclass(frozen=True)
class Aim:
    """How long the database may take, at whatever size; whether it may read tables whole."""

    ms: float | None = None
    equal: bool = False
    may_read_whole: bool = False


REGULAR = Aim(equal=True)


@dataclass(frozen=True)
class Line:
    """What one act asked at one size."""

    what: str
    size: int
    aim: Aim
    statements: int
    ms: float
    longest_ms: float
    buffers: int
    rows_read: int
    reads_whole: list[str]

    def reached(self, small: Line) -> bool:
        """Say whether it does what it shall; `small` is the same act at the smallest size."""
        fast = self.aim.ms is None or self.ms < self.aim.ms
        # The clock may hide what grows; the rows that were read tell.
        equal = not self.aim.equal or (
            _are_equal(self.ms, small.ms, _EQUAL_MS)
            and _are_equal(self.rows_read, small.rows_read, _EQUAL_ROWS)
        )
        return fast and equal and (self.aim.may_read_whole or not self.reads_whole)


def lines(
    found: Mapping[int, Mapping[str, Mapping[str, Any]]], aims: Mapping[str, Aim]
) -> list[Line]:
    """Return a line for each size of each act, whose aim is found by how its name begins."""
    acts = list(next(iter(found.values())))
    return [
        Line(act, size, _aim_of(act, aims), **asked[act])
        for act in acts
        for size, asked in found.items()
    ]


def _aim_of(act: str, aims: Mapping[str, Aim]) -> Aim:
    return next((aim for name, aim in aims.items() if act.startswith(name)), REGULAR)


def _are_equal(large: float, small: float, most: float) -> bool:
    return large <= max(small * (1 + _EQUAL / 100), small + most)


def show(title: str, lines: list[Line]) -> None:
    """Print the table, the smallest size of each act first."""
    head = ["", "signatures", "statements", "ms", "longest", "buffers", "rows read"]
    rows = [[*head, "aim", "reached"]]
    smallest: dict[str, Line] = {}
    rows += [_row(line, smallest.setdefault(line.what, line)) for line in lines]
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    say(f"\n{title}")
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
