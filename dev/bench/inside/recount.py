"""Counts again as beat has it done, a slice every ten seconds, for so many seconds."""

from __future__ import annotations

import sys
import time

from dev.bench.inside import set_up

set_up()

from openletter.ledger import tasks  # noqa: E402

EVERY_SECONDS = 10.0

if __name__ == "__main__":
    until = time.monotonic() + float(sys.argv[1])
    while time.monotonic() < until:
        tasks.recount()
        time.sleep(max(0.0, min(EVERY_SECONDS, until - time.monotonic())))
