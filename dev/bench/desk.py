"""`./run bench desk`: what moderators ask of the database, and signing beside a large sweep.

On letters as `./run bench scale` fills them. First only the database is measured, and nobody else
uses it. Then, at the largest size, the site's workers start, and people sign the letter of which a
tenth is swept out and brought back.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from dev.bench import acts
from dev.bench.acts import Aim
from dev.bench.load import Measured
from dev.bench.report import Report
from dev.bench.scale import SETTINGS, sizes_of, start_rehearsal
from dev.bench.sites import start_workers
from dev.bench.turns import forms, take_turn
from runner.locations import var_folder
from runner.terminal import say

if TYPE_CHECKING:
    from typing import Any

    from dev.bench.options import Options
    from dev.bench.sites import FilledSite

SWEPT_PERCENT = 10
AIM_SWEEP_SECONDS = 120
# Signing beside a sweep, of its rate without.
AIM_RATE_PERCENT = 90
# By how the name of an act begins.
AIMS = {
    "publish": Aim(5.0, equal=True),
    "remove": Aim(5.0, equal=True),
    "sweep, asked": Aim(may_read_whole=True),
    "statistics": Aim(20.0),
    "": Aim(100.0),
}


def run(options: Options) -> int:
    sizes = sizes_of(options)
    found: dict[int, dict[str, Any]] = {}
    report = Report("desk", {"web processes": 2, "workers": "running"})
    for size in sizes:
        with ExitStack() as stack:
            site, _seconds = start_rehearsal(stack, size)
            found[size] = json.loads(site.inside("desk", site.slug, **SETTINGS))
            if size == max(sizes):
                start_workers(stack, site)
                _sign_beside_a_sweep(options, report, site)
    lines = acts.lines(found, AIMS)
    acts.show("desk: what the database does, in milliseconds, for one act by itself", lines)
    path = var_folder() / "bench" / "desk-acts.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(line) for line in lines], indent=1) + "\n")
    return report.show()


def _sign_beside_a_sweep(options: Options, report: Report, site: FilledSite) -> None:
    once = replace(options, turns=1)
    alone = Measured("sign", site.size)
    report.lines.append(alone)
    take_turn(once, report, alone, site, "sign", forms(once, site, 0))
    aim = int(alone.outcome.rate * AIM_RATE_PERCENT / 100)
    beside = Measured("sign, beside a sweep and its undoing", site.size, aim)
    report.lines.append(beside)
    with ThreadPoolExecutor() as threads:
        number = site.size * SWEPT_PERCENT // 100
        sweep = threads.submit(site.inside, "sweep", site.slug, number)
        for turn in range(1, 100):
            take_turn(once, report, beside, site, "sign", forms(once, site, turn))
            if sweep.done():
                break
        took = json.loads(sweep.result())
    report.settings[f"swept of {took['number']:,.0f}"] = ", ".join(
        f"{what} in {took[what]:.1f} s" for what in ("found", "swept", "undone")
    )
    if took["swept"] > AIM_SWEEP_SECONDS:
        say(f"The sweep took longer than the aim of {AIM_SWEEP_SECONDS} s.")
