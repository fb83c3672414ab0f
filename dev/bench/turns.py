"""One turn of people who sign or confirm, and whether the site kept all that it accepted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from dev.bench import load, machine
from dev.bench.forms import Form
from dev.bench.job import Expected, Job, post
from dev.bench.people import people

if TYPE_CHECKING:
    from dev.bench.load import Measured
    from dev.bench.options import Options
    from dev.bench.report import Report
    from dev.bench.sites import FilledSite

MOST_PER_SECOND = 1_500  # forms and links that are prepared for a second; more would go unused

# What must have grown by how many answers were accepted.
GROWS = {
    "sign": ("signatures", "pending", "mails"),
    "confirm": ("published", "tally", "entries", "last_index"),
}
TO = {
    "sign": Expected(302, header="/inbox/\r\n"),
    "confirm": Expected(302, header="/signed/\r\n"),
}


def take_turn(
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


def forms(options: Options, site: FilledSite, turn: int) -> list[str]:
    """Return filled-in forms, each of another person, with the form token of the letter page."""
    form = Form.found_in(site.get(f"/{site.slug}/").text)
    signers = people(enough(options), series=f"s{turn}")
    return [
        post(form.action, site.host, form.body(signer), person=turn << 20 | number)
        for number, signer in enumerate(signers)
    ]


def links(options: Options, site: FilledSite) -> list[str]:
    """Return the confirmations of attempts that wait, more of them where they would not do."""
    missing = enough(options) - site.counts()["pending"]
    if missing > 0:
        site.inside("fill", "pending", missing)
    paths = json.loads(site.inside("links", enough(options)))
    return [post(path, site.host, "") for path in paths]


def enough(options: Options) -> int:
    return int((options.seconds + options.warm_up) / options.turns * MOST_PER_SECOND)
