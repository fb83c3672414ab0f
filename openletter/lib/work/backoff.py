"""How long something waits after a try that failed, and when it is given up."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Backoff:
    """Waits after the first, second, … failed try; the last one repeats until tries run out."""

    minutes: tuple[float, ...]
    most_tries: int
    # What failed together, in one outage, must not come back all at once.
    spread: float = 0.2

    def __post_init__(self) -> None:
        if not self.minutes or list(self.minutes) != sorted(self.minutes):
            raise ValueError("waits must not become shorter from try to try")

    def after(self, tries: int) -> timedelta | None:
        """Return how long to wait after so many failed tries; None gives up."""
        if tries >= self.most_tries:
            return None
        minutes = self.minutes[min(tries, len(self.minutes)) - 1]
        spread = random.uniform(1 - self.spread, 1 + self.spread)  # noqa: S311 - no secret
        return timedelta(minutes=minutes * spread)
