"""A module for the fork server's tests to start: says how it sees itself, and ends or waits."""

from __future__ import annotations

import json
import os
import signal
import sys

from django.conf import settings

database = settings.DATABASES["default"]
found = {
    "name": __name__,
    "runs_as": [settings.PROCESS, os.environ["OPENLETTER_PROCESS"]],
    "has_pool": "pool" in database["OPTIONS"],
    "lasts": database["CONN_MAX_AGE"],
}
sys.stdout.write(f"{json.dumps(found)}\n")
sys.stdout.flush()
if sys.argv[1:] == ["wait"]:
    signal.pause()
sys.exit(7)
