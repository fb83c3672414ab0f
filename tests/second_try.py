"""Gives a failing browser or process test a second try, and tells of both (`-p tests.second_try`).

Such a test depends on more than its code: on Chromium, on a dozen processes, on what else the
machine does. Its second try begins afresh, with new sites and servers, and so does the next test
after one that failed twice. When the second try passes, the run does, and says loudly that a test
"failed once, passed once". No other test is run twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

import pytest
from _pytest.runner import runtestprotocol

MARKERS = ("e2e", "processes")
_FIRST = "what the first try said"


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Run a test, and if it fails again; report the last try, with what the first one said."""
    if not any(map(item.get_closest_marker, MARKERS)):
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    reports = runtestprotocol(item, log=False, nextitem=nextitem)
    if any(report.failed for report in reports):
        said = _what_was_said(reports)
        _forget_every_fixture(item)
        reports = runtestprotocol(item, log=False, nextitem=nextitem)
        decisive = next((one for one in reports if not one.passed), reports[1])
        decisive.user_properties.append((_FIRST, said))
        if decisive.failed:
            _forget_every_fixture(item)  # so that what it broke fails no other test
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def _forget_every_fixture(item: pytest.Item) -> None:
    with suppress(Exception):  # what is broken may not even end well, and is told already
        item.session._setupstate.teardown_exact(None)


def _what_was_said(reports: Sequence[pytest.TestReport]) -> str:
    texts = [report.longreprtext for report in reports if report.failed]
    failed = next(report for report in reversed(reports) if report.failed)
    return "\n\n".join([*texts, *(f"--- {title} ---\n{text}" for title, text in failed.sections)])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say of each test that was run twice how both tries went."""
    twice = list(_run_twice(terminalreporter))
    if not twice:
        return
    terminalreporter.section("RUN TWICE", yellow=True, bold=True)
    for report, said in twice:
        terminalreporter.write_sep("_", f"first try of {report.nodeid}", yellow=True)
        terminalreporter.write_line(said)
    for report, _said in twice:
        how = "failed twice" if report.failed else f"failed once, {report.outcome} once"
        terminalreporter.write_line(f"{how}: {report.nodeid}", yellow=True, bold=True)


def _run_twice(
    terminalreporter: pytest.TerminalReporter,
) -> Iterator[tuple[pytest.TestReport, str]]:
    for kind in ("passed", "skipped", "failed", "error"):
        for report in terminalreporter.stats.get(kind, []):
            for name, said in getattr(report, "user_properties", []):
                if name == _FIRST:
                    yield report, str(said)
