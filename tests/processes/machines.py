"""More machines than one: processes of the same site with a folder of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from runner.child import Child
from runner.parts import child
from runner.terminal import say
from tests.live.site import LiveSite


@contextmanager
def on_another_machine(part: str, site: LiveSite, var: Path) -> Iterator[Child]:
    """Run one more process of a kind, with a folder of its own."""
    elsewhere = replace(site.site.environment, var=var)
    second = child(part, elsewhere, site.site.values, calm=True, tell=say)
    second.start()
    try:
        yield second
    finally:
        second.stop()
