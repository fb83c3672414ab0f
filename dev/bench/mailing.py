"""How long it takes to owe an update to a million signatories, and how much memory."""

from __future__ import annotations

import json

from dev.bench.sites import PRODUCTION, FilledSite
from runner.environment import free_port, isolated
from runner.site import start_site
from runner.terminal import say
from runner.throwaway import ThrowawayFolder

RECIPIENTS = 1_000_000
AIM_SECONDS = 60


def measure_enqueueing() -> dict[str, float]:
    """Enqueue one mailing on a site without workers, and say what it took."""
    folder = ThrowawayFolder()
    try:
        environment = isolated(folder.path, port=free_port(), **PRODUCTION)
        with start_site(environment, ("web",), development=True, ready=False, tell=say) as site:
            found: dict[str, float] = json.loads(FilledSite(site, 0).inside("mailing", RECIPIENTS))
    finally:
        folder.remove()
    say(
        f"{found['recipients']:,.0f} update mails owed in {found['seconds']:.1f} s"
        f" (aim: < {AIM_SECONDS} s); the process grew by {found['grew_mb']:.0f} MB"
    )
    return found
