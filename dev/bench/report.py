"""What people get to see of a bench, and what is kept of it."""

from __future__ import annotations

import json
import os
import platform
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from runner.locations import var_folder
from runner.terminal import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from dev.bench.load import Measured
    from dev.bench.machine import Memory

AIM_MEMORY = 150  # MB for a web process
AIM_EQUAL = 10  # percent between the sizes


class Report:
    """Collects the lines, the remarks and the faults of one bench."""

    def __init__(self, name: str, settings: dict[str, Any]) -> None:
        self.name = name
        self.settings = settings
        self.lines: list[Measured] = []
        self.memory: dict[int, list[Memory]] = {}
        self.faults: list[str] = []
        self.began = datetime.now(UTC)
        self.load_before = os.getloadavg()

    def add_memory(self, size: int, found: Sequence[Memory]) -> None:
        """Keep the most of each web process."""
        known = {one.pid: one for one in self.memory.get(size, [])}
        for one in found:
            before = known.get(one.pid)
            known[one.pid] = one if before is None or one.share >= before.share else before
        self.memory[size] = list(known.values())

    @property
    def errors(self) -> int:
        return sum(line.outcome.errors for line in self.lines)

    def show(self) -> int:
        """Print everything and write it down; return the code to exit with."""
        say(f"\n{self.name}: {', '.join(f'{key} {value}' for key, value in self.settings.items())}")
        _table(self.lines)
        self._show_comparison()
        self._show_memory()
        self._show_machine()
        for line in self.lines:
            for sample in line.outcome.samples:
                say(f"\nUnexpected answer, {line.what}:\n{sample}")
        for fault in self.faults:
            say(f"\nWRONG: {fault}")
        say(f"\nErrors: {self.errors}. Written to {self._write()}.")
        return 1 if self.errors or self.faults else 0

    def _show_comparison(self) -> None:
        for what, small, large in self._pairs():
            if not small.outcome.rate:
                continue
            more = (large.outcome.rate / small.outcome.rate - 1) * 100
            say(
                f"{what}: {more:+.0f} % at {large.size:,} against {small.size:,} signatures"
                f" (aim: within {AIM_EQUAL} %)"
            )

    def _pairs(self) -> list[tuple[str, Measured, Measured]]:
        by_what: dict[str, list[Measured]] = {}
        for line in self.lines:
            if line.size is not None:
                by_what.setdefault(line.what, []).append(line)
        return [(what, of[0], of[-1]) for what, of in by_what.items() if len(of) > 1]

    def _show_memory(self) -> None:
        for size, found in self.memory.items():
            each = ", ".join(f"{one.peak:.0f} (share {one.share:.0f})" for one in found)
            say(f"Peak memory of each web process at {size:,}: {each} MB (aim: < {AIM_MEMORY})")

    def _show_machine(self) -> None:
        before, after = self.load_before[0], os.getloadavg()[0]
        others = [used for line in self.lines for used in line.others] or [0.0]
        say(
            f"Machine: {os.cpu_count()} processors, load {before:.1f} before and {after:.1f} after;"
            f" other programs used {min(others):.1f} to {max(others):.1f} processors."
        )

    def _write(self) -> Path:
        path = var_folder() / "bench" / f"{self.name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        kept = {
            "bench": self.name,
            "began": self.began.isoformat(timespec="seconds"),
            "machine": {
                "processors": os.cpu_count(),
                "system": platform.platform(),
                "python": platform.python_version(),
                "load_before": self.load_before,
                "load_after": os.getloadavg(),
            },
            "settings": self.settings,
            "lines": [_line(line) for line in self.lines],
            "memory_mb": {
                size: [{"pid": one.pid, "peak": one.peak, "share": one.share} for one in found]
                for size, found in self.memory.items()
            },
            "errors": self.errors,
            "faults": self.faults,
        }
        path.write_text(json.dumps(kept, indent=1) + "\n")
        return path


def _line(line: Measured) -> dict[str, Any]:
    outcome = line.outcome
    return {
        "what": line.what,
        "signatures": line.size,
        "per_second": round(outcome.rate, 1),
        "p50_ms": outcome.percentile(50),
        "p95_ms": outcome.percentile(95),
        "p99_ms": outcome.percentile(99),
        "answers": len(outcome.latencies),
        "seconds": round(outcome.seconds, 2),
        "errors": outcome.errors,
        "queries": line.queries,
        "ms_anew": line.making,
        "processor_ms": round(line.spent_on_one, 3),
        "aim_per_second": line.aim,
        "aim_p99_ms": line.aim_p99,
        "others_used_processors": [round(used, 2) for used in line.others],
        "generator_busy": round(outcome.busy / outcome.elapsed, 2) if outcome.elapsed else None,
    }


def _table(lines: list[Measured]) -> None:
    head = ["", "signatures", "per second", "p50", "p95", "p99 ms"]
    head += ["processor ms", "errors", "queries", "ms anew", "aim", "reached"]
    rows = [head, *(_row(line) for line in lines)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(head))]
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        say("  ".join(cells))


def _row(line: Measured) -> list[str]:
    aim = ""
    if line.aim is not None:
        aim = f"{line.aim:,}/s"
        aim += f", p99 < {line.aim_p99} ms" if line.aim_p99 else ""
        aim += f", {line.aim_spent:g} ms" if line.aim_spent else ""
    return [
        line.what,
        "" if line.size is None else f"{line.size:,}",
        f"{line.outcome.rate:,.0f}",
        *(f"{line.outcome.percentile(percent):.1f}" for percent in (50, 95, 99)),
        f"{line.spent_on_one:.2f}",
        str(line.outcome.errors),
        "" if line.queries is None else str(line.queries),
        "" if line.making is None else f"{line.making:.1f}",
        aim,
        {None: "", True: "yes", False: "NO"}[line.rates_hold],
    ]
