"""`./run bench same`: does the time of an answer tell what is known of an address (T07, T47)?

The tests compare the statements that are sent. This compares the clock, which tells of what they
cannot see, and asserts nothing.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING

from dev.bench.sites import start_filled
from runner.locations import var_folder
from runner.terminal import say
from runner.throwaway import ThrowawayFolder

if TYPE_CHECKING:
    from dev.bench.options import Options

ASKED = 200  # addresses in each case, each asked about once


def run(_options: Options) -> int:
    folder = ThrowawayFolder()
    with ExitStack() as stack:
        stack.callback(folder.remove)
        site = start_filled(stack, folder.path, 2_000, workers=False)
        found = json.loads(site.inside("same", site.slug, ASKED))
    say(f"\nmedian milliseconds of {ASKED} answers each, and the difference to the fastest case")
    for form, medians in found.items():
        fastest = min(medians.values())
        say(f"\n{form}")
        for case, median in medians.items():
            say(f"  {case:<24}{median:>8.2f}{median - fastest:>+8.2f}{median / fastest - 1:>+8.0%}")
    path = var_folder() / "bench" / "same.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, indent=1) + "\n")
    say(f"\nWritten to {path}.")
    return 0
