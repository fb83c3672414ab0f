"""`./run bench sign`: people sign and confirm, sixteen at a time, at two sizes.

The workers are not running: the requests never wait for them, and mail has a bench of its own.
`--with-workers` measures a second time with both workers and beat delivering to the mail catcher.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from dev.bench import load, machine
from dev.bench.forms import Form
from dev.bench.job import Expected, Job, post
from dev.bench.load import Measured
from dev.bench.people import people
from dev.bench.report import Report
from dev.bench.sites import start_bare, start_filled
from runner.throwaway import ThrowawayFolder

if TYPE_CHECKING:
    from dev.bench.options import Options
    from dev.bench.sites import FilledSite

MOST_PER_SECOND = 1_500  # forms and links that are prepared for a second; more would go unused
AIM_SIGN, AIM_CONFIRM, AIM_P99 = 300, 500, 100
# Milliseconds of processor time of all processes.
AIM_SPENT = {"sign": 4.0, "confirm": 1.5}
MAIL_PATIENCE = 600.0
# Together some 60,000 forms, without a pause but that between two turns.
FRESH_TURNS, FRESH_SECONDS = 6, 30.0

# What must have grown by how many answers were accepted.
GROWS = {
    "sign": ("signatures", "pending", "mails"),
    "confirm": ("published", "tally", "entries", "last_index"),
}
TO = {
    "sign": Expected(302, header="/inbox/\r\n"),
    "confirm": Expected(302, header="/signed/\r\n"),
}


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
            _take_turn(longer, report, line, site, "sign", _forms(longer, site, turn))


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
            requests = _forms(options, site, turn) if what == "sign" else _links(options, site)
            _take_turn(options, report, line, site, what, requests)
            if workers:
                site.wait_for_mails(MAIL_PATIENCE)


def _take_turn(
    options: Options,
    report: Report,
    line: Measured,
    site: FilledSite,
    what: str,
    requests: list[str],
) -> None:
    """Measure once, and compare what was accepted with what the database has more of."""
    job = Job(
        site.port,
        requests,
        TO[what],
        once=True,
        connections=options.connections,
        warm_up=options.warm_up / options.turns,
        seconds=options.seconds / options.turns,
    )
    before = site.counts()
    outcome = load.take_turn(line, job)
    after = site.counts()
    report.add_memory(site.size, [machine.memory(pid) for pid in site.web_processes()])
    for key in GROWS[what]:
        grown = after[key] - before[key]
        if grown != outcome.accepted:
            report.faults.append(
                f"{line.what} at {site.size:,}: {outcome.accepted} were accepted,"
                f" but {key} grew by {grown}."
            )
    if not after["agrees"]:
        report.faults.append(f"{line.what} at {site.size:,}: the recount differs.")


def _forms(options: Options, site: FilledSite, turn: int) -> list[str]:
    """Return filled-in forms, each of another person, with the form token of the letter page."""
    form = Form.found_in(site.get(f"/{site.slug}/").text)
    signers = people(_enough(options), series=f"s{turn}")
    return [
        post(form.action, site.host, form.body(signer), person=turn << 20 | number)
        for number, signer in enumerate(signers)
    ]


def _links(options: Options, site: FilledSite) -> list[str]:
    """Return the confirmations of attempts that wait, more of them where they would not do."""
    missing = _enough(options) - site.counts()["pending"]
    if missing > 0:
        site.inside("fill", "pending", missing)
    paths = json.loads(site.inside("links", _enough(options)))
    return [post(path, site.host, "") for path in paths]


def _enough(options: Options) -> int:
    return int((options.seconds + options.warm_up) / options.turns * MOST_PER_SECOND)
