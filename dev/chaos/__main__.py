"""`./run chaos [--seconds 60] [--seed N]`."""

from __future__ import annotations

import argparse
import secrets
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import psycopg

from dev.chaos.crowd import Crowd
from dev.chaos.faults import Faults
from dev.chaos.sink import Sink, running_sink
from dev.chaos.verdict import Judged, judge
from dev.environment import isolated
from dev.locations import PYTHON, ROOT
from dev.running import Site, start_site
from dev.terminal import say
from dev.throwaway import ThrowawayFolder

LETTER = "open-ai-openness"
QUIET_SECONDS = 60.0
_QUIETEST_SECONDS = 240.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run chaos", description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="how long things go wrong")
    parser.add_argument("--seed", type=int, default=None, help="repeat the faults of a run")
    given = parser.parse_args()
    seed = given.seed if given.seed is not None else secrets.randbelow(1_000_000)
    say(f"Chaos for {given.seconds} s with --seed {seed}.")
    folder = ThrowawayFolder()
    try:
        with running_sink(folder.path / "sink.jsonl", seed=seed) as sink:
            environment = isolated(folder.path, DEBUG="0", EMAIL_URL=sink.url)
            with start_site(environment, development=True, tell=lambda _line: None) as site:
                return _run(site, sink, seed=seed, seconds=given.seconds, folder=folder.path)
    finally:
        folder.remove()


def _run(site: Site, sink: Sink, *, seed: int, seconds: int, folder: Path) -> int:
    accepted = folder / "accepted.txt"
    accepted.touch()
    crowd = Crowd(site.address, LETTER, sink, seed=seed, accepted=accepted)
    faults = Faults(site, seed=seed)
    crowd.start()
    faults.run(seconds)
    sink.is_calm = True
    say(f"{len(faults.windows)} faults: " + _counted(window.name for window in faults.windows))
    time.sleep(5)
    crowd.stop()
    _wait_for_quiet(site)
    diary = crowd.diary
    say(
        f"{len(diary.accepted)} signed, {len(diary.confirmed)} confirmed,"
        f" {len(sink.accepted)} mails taken; answers: "
        + _counted(f"{answer.what} {answer.status}" for answer in diary.answers)
    )
    url = site.values["DATABASE_URL"]
    inside = _check_inside(site, accepted, folder / "log")
    outside = judge(database_url=url, sink=sink, diary=diary, faults=faults)
    for one in outside:
        say(f"{one.number:4}{one.sentence}: {_said(one)}")
    broken = sum(bool(one.broken_by) for one in outside) + (not inside)
    if not diary.confirmed:
        say("Nobody confirmed anything, so this run shows nothing.")
        broken += 1
    say("Every invariant holds." if not broken else f"Broken; repeat with --seed {seed}.")
    return 1 if broken else 0


def _wait_for_quiet(site: Site) -> None:
    """Sixty quiet seconds, and on until what failed once has had its second try."""
    began = time.time()
    time.sleep(QUIET_SECONDS)
    while time.time() - began < _QUIETEST_SECONDS and _due(site.values["DATABASE_URL"]):
        time.sleep(5)


def _due(database_url: str) -> int:
    with psycopg.connect(database_url) as connection:
        query = "SELECT count(*) FROM mail_outgoingmail WHERE state = 'due'"
        found = connection.execute(query).fetchone()
        return int(found[0]) if found else 0


def _check_inside(site: Site, accepted: Path, logs: Path) -> bool:
    checked = subprocess.run(
        [PYTHON, ROOT / "manage.py", "check-invariants", "--accepted", accepted, "--logs", logs],
        env={**site.values, "OPENLETTER_PROCESS": "manage"},
        capture_output=True,
        text=True,
        check=False,
    )
    say(f"{checked.stdout}{checked.stderr}".rstrip())
    return checked.returncode == 0


def _said(one: Judged) -> str:
    return f"BROKEN by {', '.join(one.broken_by)}" if one.broken_by else "holds"


def _counted(names: object) -> str:
    return ", ".join(f"{n} {name}" for name, n in sorted(Counter(names).items()))  # type: ignore[call-overload]


if __name__ == "__main__":
    sys.exit(main())
