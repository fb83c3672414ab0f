"""`./run bench pages`: what anybody may read, as fast as it comes, at two sizes."""

from __future__ import annotations

import json
import random
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from dev.bench import load, machine
from dev.bench.job import Expected, Job, get
from dev.bench.load import Measured
from dev.bench.report import Report
from dev.bench.sites import start_bare, start_filled
from runner.errors import CommandError
from runner.throwaway import ThrowawayFolder

if TYPE_CHECKING:
    from collections.abc import Callable

    from dev.bench.load import Line
    from dev.bench.options import Options
    from dev.bench.sites import FilledSite

HTML = Expected(header="content-encoding: gzip", body="</html>")
MANY = 2_000  # different addresses: more than a web process keeps


@dataclass(frozen=True)
class Target:
    """A page, or several that are asked for in turn. `deepest` is the last index of the ledger."""

    what: str
    queries: str  # the name under which dev.bench.inside.queries knows it
    paths: Callable[[int], list[str]]
    expected: Expected = HTML
    aim: int | None = None
    aim_spent: float | None = None  # milliseconds of processor time


def _deep(deepest: int) -> int:
    """Return where a page near the end of the list begins."""
    return max(deepest // 20, 100)


def _scattered(deepest: int) -> list[str]:
    chance = random.Random(1)  # noqa: S311 - no secrets
    places = chance.sample(range(100, deepest), min(MANY, deepest - 100))
    return [f"/signatures/?after={place}" for place in places]


TARGETS = (
    Target("letter page", "letter page", lambda _: ["/"], aim=2_000),
    Target(
        "count.json",
        "count.json",
        lambda _: ["/count.json"],
        Expected(header="access-control-allow-origin: *", body='"count": '),
        aim=3_000,
    ),
    Target("signatories page", "signatories page", lambda _: ["/signatures/"]),
    Target(
        "signatories page, deep",
        "signatories page, deep",
        lambda deepest: [f"/signatures/?after={_deep(deepest)}"],
    ),
    # Nobody has asked for these lately, so each is made anew.
    Target("signatories pages, scattered", "signatories page, deep", _scattered, aim=500),
)
# Where no web process keeps an answer.
MADE_ANEW = (
    Target("letter page, made anew", "letter page", lambda _: ["/"], aim=500, aim_spent=5.0),
    Target("signatories page, made anew", "signatories page", lambda _: ["/signatures/"]),
)


def run(options: Options) -> int:
    report = Report(
        "pages",
        {"connections": options.connections, "web processes": 2, "workers": "not running"},
    )
    folder = ThrowawayFolder()
    with ExitStack() as stack:
        stack.callback(folder.remove)
        sites = [
            start_filled(stack, folder.path / str(size), size, workers=False)
            for size in options.sizes
        ]
        bare = start_bare(stack, folder.path / "bare")
        _measure(options, report, sites, bare, TARGETS)
        anew = folder.path / "anew"
        without = {"PUBLIC_CACHE_SECONDS": "0"}
        site = start_filled(stack, anew, options.sizes[0], workers=False, **without)
        _measure(options, report, [site], bare, MADE_ANEW)
    return report.show()


def _measure(
    options: Options,
    report: Report,
    sites: list[FilledSite],
    bare: int,
    targets: tuple[Target, ...],
) -> None:
    job = partial(
        Job,
        connections=options.connections,
        warm_up=options.warm_up / options.turns,
        seconds=options.seconds / options.turns,
    )
    ok = Expected(body="ok")
    references = [
        (Measured("a bare Django view", None), job(bare, [get("/", "localhost")], ok)),
        (Measured("/healthz", None), job(sites[0].port, [get("/healthz", sites[0].host)], ok)),
    ]
    known = [_Known(site) for site in sites]
    groups = [references]
    groups += [[one.line(target, job) for one in known] for target in targets]
    for group in groups:
        report.lines += [line for line, _ in group]
        load.in_turns(group, options.turns)
        for site in sites:
            report.add_memory(site.size, [machine.memory(pid) for pid in site.web_processes()])


class _Known:
    """What has to be known of a site before it is measured."""

    def __init__(self, site: FilledSite) -> None:
        self._site = site
        _check_letter_page(site)
        self._deepest = site.counts()["last_index"]
        asked = site.inside("queries", site.slug, _deep(self._deepest), PUBLIC_CACHE_SECONDS="0")
        self._queries = json.loads(asked)

    def line(self, target: Target, job: Callable[..., Job]) -> Line:
        site = self._site
        line = Measured(target.what, site.size, target.aim, aim_spent=target.aim_spent)
        asked = self._queries[target.queries]
        line.queries, line.making = int(asked["queries"]), asked["ms"]
        requests = [get(f"/{site.slug}{path}", site.host) for path in target.paths(self._deepest)]
        return line, job(site.port, requests, target.expected)


def _check_letter_page(site: FilledSite) -> None:
    """Make sure that the page we are going to measure is the letter with its number and names."""
    page = site.get(f"/{site.slug}/")
    for text in (f"data-count>{site.size:,}<", 'name="form_token"', "signature__name"):
        if page.status != 200 or text not in page.text:
            raise CommandError(f"The letter page at {site.size:,} signatures lacks {text!r}.")
