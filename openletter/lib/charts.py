"""Points of a chart, for SVG that is written by a template and stretched by its frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 600, 200
# More points than these nobody can tell apart.
MOST_POINTS = 300


@dataclass(frozen=True)
class Line:
    """A line over the whole width; `area` is what lies below it."""

    points: str
    area: str
    top: int  # what the upper edge stands for


def line(values: Sequence[int]) -> Line | None:
    """Return the line of numbers at equal distances; None for fewer than two."""
    if len(values) < 2:
        return None
    top = max(*values, 1)
    last = len(values) - 1
    step = max(1, len(values) // MOST_POINTS)
    shown = sorted({*range(0, len(values), step), last})
    points = " ".join(
        f"{at * WIDTH / last:.1f},{HEIGHT - values[at] * HEIGHT / top:.1f}" for at in shown
    )
    return Line(points, f"0,{HEIGHT} {points} {WIDTH},{HEIGHT}", top)
