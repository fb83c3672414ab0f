"""`./run bench crowd`: people sign while many others sign, read, or the database is far away.

Each line is to be compared with the first one, of sixteen who sign and nobody else.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING

from dev.bench import load
from dev.bench.job import Job, get
from dev.bench.load import Measured
from dev.bench.pages import HTML
from dev.bench.report import Report
from dev.bench.sites import move_database, start_bare, start_filled
from dev.bench.turns import forms, links, take_turn
from runner.throwaway import ThrowawayFolder

if TYPE_CHECKING:
    from dev.bench.options import Options
    from dev.bench.sites import FilledSite

SIZE = 40_000  # published signatures: a recount takes seconds
PAGES_PER_SECOND = 1_000
AWAY_SECONDS = 0.001  # a round trip to a database on another machine
FAR = 32  # who confirm at a time where the database is far away


def run(options: Options) -> int:
    workers = "running" if options.with_workers else "not running"
    report = Report("crowd", {"web processes": 2, "workers": workers})
    folder = ThrowawayFolder()
    with ExitStack() as stack:
        stack.callback(folder.remove)
        bare = start_bare(stack, folder.path / "bare")
        site = start_filled(stack, folder.path / "site", SIZE, workers=options.with_workers)
        reference = Measured("a bare Django view", None)
        report.lines.append(reference)
        load.take_turn(reference, load.bare_job(bare, options))
        _sign(options, report, site, Measured("sign", SIZE), 0)
        alone = report.lines[-1].outcome.rate
        line = Measured(
            f"sign, {PAGES_PER_SECOND:,} pages/s read", SIZE, int(alone * 0.9), aim_p99=100
        )
        with ThreadPoolExecutor() as beside:
            done = Event()
            readers = beside.submit(_read, site, done)
            recount = beside.submit(site.inside, "recount", options.seconds + options.warm_up)
            try:
                _sign(options, report, site, line, 1)
            finally:
                done.set()
            read = readers.result()
            recount.result()
        report.settings["pages/s read beside them"] = f"{read:,.0f}"
        for number, (at_a_time, aim, p99) in enumerate(((64, 550, 200), (256, None, None)), 2):
            more = replace(options, connections=at_a_time)
            line = Measured(f"sign, {at_a_time} at a time", SIZE, aim, p99)
            _sign(more, report, site, line, number)
        _confirm_far_away(options, report, stack, site)
    return report.show()


def _sign(options: Options, report: Report, site: FilledSite, line: Measured, series: int) -> None:
    report.lines.append(line)
    once = replace(options, turns=1)
    take_turn(once, report, line, site, "sign", forms(once, site, series))


def _read(site: FilledSite, done: Event) -> float:
    """Read the letter's page in the given pace until it is done; return the pages a second."""
    job = Job(
        site.port,
        [get(f"/{site.slug}/", site.host)],
        HTML,
        warm_up=0.0,
        seconds=1.0,
        pace=PAGES_PER_SECOND,
    )
    line = Measured("letter page", None)
    while not done.is_set():
        line.outcome.add(load.drive(job))
    return line.outcome.rate


def _confirm_far_away(options: Options, report: Report, stack: ExitStack, site: FilledSite) -> None:
    move_database(stack, site, AWAY_SECONDS)
    many = replace(options, connections=FAR, turns=1)
    line = Measured(f"confirm, database {AWAY_SECONDS * 1000:g} ms away", SIZE, 700)
    report.lines.append(line)
    take_turn(many, report, line, site, "confirm", links(many, site))
