"""`./run chaos [--seconds 60] [--seed N]`."""

from __future__ import annotations

import argparse
import json
import secrets
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg

from dev.chaos import news
from dev.chaos.crowd import Answer, Crowd
from dev.chaos.faults import Faults, Window
from dev.chaos.keeping import keep
from dev.chaos.moderators import Moderators
from dev.chaos.sink import Sink, running_sink
from dev.chaos.verdict import Judged, judge, look_for_traces
from runner.environment import isolated
from runner.locations import PYTHON, ROOT
from runner.site import Site, start_site
from runner.terminal import say
from runner.throwaway import ThrowawayFolder

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
            environment = isolated(folder.path, DEBUG="0", EMAIL_URL=sink.url, TRUSTED_PROXIES="1")
            with start_site(environment, development=True, tell=lambda _line: None) as site:
                return _judged(Run(site, sink, folder.path, seed, given.seconds))
    finally:
        folder.remove()


@dataclass(frozen=True)
class Run:
    """One run: the site, the mail server it sends to, and where both write."""

    site: Site
    sink: Sink
    folder: Path
    seed: int
    seconds: int

    @property
    def database_url(self) -> str:
        return self.site.values["DATABASE_URL"]


def _judged(run: Run) -> int:
    """Run it; keep everything when something does not hold, or when the run itself fails."""
    broken = True
    try:
        broken = _run(run)
    finally:
        if broken:
            kept = keep(run.folder, database_url=run.database_url, seed=run.seed)
            say(f"Broken; repeat with --seed {run.seed}. What it left behind is in {kept}/")
    return 1 if broken else 0


def _run(run: Run) -> bool:
    """Break things and look; return whether something does not hold."""
    accepted = run.folder / "accepted.txt"
    accepted.touch()
    mailings = news.schedule(run.site, run.seconds)
    crowd = Crowd(run.site.address, LETTER, run.sink, seed=run.seed, accepted=accepted)
    faults = Faults(run.site, seed=run.seed)
    moderators = Moderators(run.site, seed=run.seed)
    crowd.start()
    faults.run(run.seconds)
    run.sink.is_calm = True
    say(f"{len(faults.windows)} faults: " + _counted(window.name for window in faults.windows))
    time.sleep(5)
    crowd.stop()
    moderated = moderators.stop()
    _wait_for_quiet(run)
    diary = crowd.diary
    _write_down(run.folder / "faults.jsonl", faults.windows)
    _write_down(run.folder / "answers.jsonl", diary.answers)
    say(
        f"{len(diary.accepted)} signed, {len(diary.confirmed)} confirmed,"
        f" {len(run.sink.accepted)} mails taken; answers: "
        + _counted(f"{answer.what} {answer.status}" for answer in diary.answers)
    )
    say("Moderators: " + ", ".join(f"{name} {n}" for name, n in asdict(moderated).items()))
    holds_inside = _check_inside(run, accepted)
    outside = judge(
        database_url=run.database_url, sink=run.sink, diary=diary, faults=faults, news=mailings
    )
    outside += look_for_traces(run.site, run.sink, diary)
    for one in outside:
        say(f"{one.number:4}{one.sentence}: {_said(one)}")
    if not diary.confirmed:
        say("Nobody confirmed anything, so this run shows nothing.")
    if not (moderated.decided and moderated.swept):
        say("Moderators did nothing, so this run shows nothing about them.")
    shows = diary.confirmed and moderated.decided and moderated.swept
    holds = holds_inside and shows and not any(one.broken_by for one in outside)
    if holds:
        say("Every invariant holds.")
    return not holds


def _write_down(journal: Path, lines: Iterable[Window | Answer]) -> None:
    journal.write_text("".join(f"{json.dumps(asdict(line))}\n" for line in lines))


def _wait_for_quiet(run: Run) -> None:
    """Sixty quiet seconds, and on until what failed once has had its second try."""
    began = time.time()
    time.sleep(QUIET_SECONDS)
    while time.time() - began < _QUIETEST_SECONDS and _due(run.database_url):
        time.sleep(5)


def _due(database_url: str) -> int:
    with psycopg.connect(database_url) as connection:
        query = "SELECT count(*) FROM mail_outgoingmail WHERE state = 'due'"
        found = connection.execute(query).fetchone()
        return int(found[0]) if found else 0


def _check_inside(run: Run, accepted: Path) -> bool:
    logs = run.folder / "log"
    checked = subprocess.run(
        [PYTHON, ROOT / "manage.py", "check-invariants", "--accepted", accepted, "--logs", logs],
        env={**run.site.values, "OPENLETTER_PROCESS": "manage"},
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
