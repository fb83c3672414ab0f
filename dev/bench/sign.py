"""`./run bench sign`: people sign and confirm, sixteen at a time, at two sizes.

The workers are not running: the requests never wait for them, and mail has a bench of its own.
`--with-workers` measures a second time with both workers and beat delivering to the mail catcher.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from dev.bench import load
from dev.bench.load import Measured
from dev.bench.report import Report
from dev.bench.sites import start_bare, start_filled
from dev.bench.turns import forms, links, take_turn
from runner.throwaway import ThrowawayFolder

if TYPE_CHECKING:
    from dev.bench.options import Options
    from dev.bench.sites import FilledSite

AIM_SIGN, AIM_CONFIRM, AIM_P99 = 300, 500, 100
# Milliseconds of processor time of all processes.
AIM_SPENT = {"sign": 4.0, "confirm": 1.5}
MAIL_PATIENCE = 600.0
# Together some 60,000 forms, without a pause but that between two turns.
FRESH_TURNS, FRESH_SECONDS = 6, 30.0


def run(options: Options) -> int:
    workers = "also running, measured apart" if options.with_workers else "not running"
    report = Report(
        "sign",
        {"at a time": options.connections, "web processes": 2, "workers": workers},
    )
    _measure(options, report, workers=False)
    if options.with_workers:
        _measure(options, report, workers=True)
    if options.fresh:
        _measure_fresh(options, report)
    return report.show()


def _measure_fresh(options: Options, report: Report) -> None:
    """Measure a letter that goes live with a crowd, before anybody has analysed a table.

    Plans that PostgreSQL made while the tables were empty must do for all that come.
    """
    folder = ThrowawayFolder()
    longer = replace(options, seconds=FRESH_SECONDS, warm_up=0.0, turns=1)
    with ExitStack() as stack:
        stack.callback(folder.remove)
        site = start_filled(stack, folder.path / "fresh", 0, workers=False)
        for turn in range(FRESH_TURNS):
            waiting = site.counts()["pending"]
            name = f"sign, fresh, {waiting:,} before"
            line = Measured(name, None, AIM_SIGN, AIM_P99, aim_spent=AIM_SPENT["sign"])
            report.lines.append(line)
            take_turn(longer, report, line, site, "sign", forms(longer, site, turn))


def _measure(options: Options, report: Report, *, workers: bool) -> None:
    folder = ThrowawayFolder()
    with ExitStack() as stack:
        stack.callback(folder.remove)
        sites = [
            start_filled(stack, folder.path / str(size), size, workers=workers)
            for size in options.sizes
        ]
        if not workers:
            bare = start_bare(stack, folder.path / "bare")
            reference = Measured("a bare Django view", None)
            report.lines.append(reference)
            load.take_turn(reference, load.bare_job(bare, options))
        for what, aim in (("sign", AIM_SIGN), ("confirm", AIM_CONFIRM)):
            _measure_one(options, report, sites, what, aim, workers=workers)


def _measure_one(
    options: Options,
    report: Report,
    sites: list[FilledSite],
    what: str,
    aim: int,
    *,
    workers: bool,
) -> None:
    name = f"{what}, workers running" if workers else what
    lines = [Measured(name, site.size, aim, AIM_P99, aim_spent=AIM_SPENT[what]) for site in sites]
    report.lines += lines
    for line, site in zip(lines, sites, strict=True):
        asked = json.loads(site.inside("queries", site.slug, 100, PUBLIC_CACHE_SECONDS="0"))[what]
        line.queries, line.making = int(asked["queries"]), asked["ms"]
    for turn in range(options.turns):
        for line, site in zip(lines, sites, strict=True):
            requests = forms(options, site, turn) if what == "sign" else links(options, site)
            take_turn(options, report, line, site, what, requests)
            if workers:
                site.wait_for_mails(MAIL_PATIENCE)
