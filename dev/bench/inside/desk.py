"""What moderators ask of the database of a site that was filled to rehearse.

`python -m dev.bench.inside.desk rehearsal`, without a second factor for staff. What acts would
change is rolled back; the statistics are made before, as the site makes them by itself.
"""

from __future__ import annotations

import json
import sys
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from dev.bench.inside import set_up
from dev.bench.inside.acts import get, rolled_back, take_your_time, watch_all

set_up()

from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from openletter.accounts.models import User  # noqa: E402
from openletter.letters.models import Letter  # noqa: E402
from openletter.lib.db import clock  # noqa: E402
from openletter.signatures import decisions  # noqa: E402
from openletter.signatures.models import Signature  # noqa: E402
from openletter.statistics import alerts, counting, following  # noqa: E402
from openletter.sweeps import flows, working  # noqa: E402
from openletter.sweeps.models import Sweep  # noqa: E402

if TYPE_CHECKING:
    from typing import Any

    from dev.bench.inside.acts import Act

_S = Signature.State
_SIGNATURES = "admin:signatures_signature"
_DECIDED_IN_A_ROW = 10


def measure(slug: str) -> dict[str, dict[str, Any]]:
    take_your_time()
    letter = Letter.objects.get(slug=slug)
    following.follow(seconds=600)
    counting.count(now=clock.now(), seconds=600)
    return watch_all({**_pages(letter), **_decisions(letter), **_working(letter)})


def _pages(letter: Letter) -> dict[str, Act]:
    staff = Client(headers={"host": "localhost"})
    staff.force_login(_moderator())
    waits = Signature.objects.filter(letter=letter, state=_S.HELD).order_by("created_at")
    one = waits[waits.count() // 2]
    queue, listed = reverse(f"{_SIGNATURES}_queue"), reverse(f"{_SIGNATURES}_changelist")
    narrowed: dict[str, dict[str, Any]] = {
        "by letter": {"letter": letter.pk},
        "by reason": {"because": one.held_because},
        "by domain": {"domain": one.email_domain},
        "by country": {"country": one.country},
        "by day": {"begin": f"{one.created_at:%Y-%m-%d}", "end": f"{one.created_at:%Y-%m-%d}"},
        "by language": {"language": "en"},
        "by version": {"version": 1},
    }
    filters: dict[str, dict[str, Any]] = {
        "by state": {"state__exact": "held"},
        "by letter": {"letter__id__exact": letter.pk},
        "by day": {"created_at__gte": one.created_at.isoformat()},
        "by kind": {"kind__exact": "organisation"},
        "by reason": {"because": one.held_because},
        "by flag": {"flag": "disposable"},
    }
    paths = {
        "index": reverse("admin:index"),
        "next card": f"{queue}card/",
        "card with its page": queue,
        **{f"card with its page, {how}": f"{queue}?{urlencode(q)}" for how, q in narrowed.items()},
        "fifty on one page": f"{queue}many/",
        "list": listed,
        **{f"list, {how}": f"{listed}?{urlencode(q)}" for how, q in filters.items()},
        "search, many found": f"{listed}?q=okafor",
        "search, without its accents": f"{listed}?q=jose+nunez",
        "search, nobody found": f"{listed}?q=zwetschgenbaum",
        "a signature's own page": reverse(f"{_SIGNATURES}_change", args=[one.pk]),
        "record": reverse("admin:moderation_auditentry_changelist"),
        "trends": reverse("statistics:trends", args=[letter.pk]),
        "objections": reverse("desk_claims:page"),
        "numbers in public": f"/{letter.slug}/numbers/",
    }
    return {name: partial(get, staff, path) for name, path in paths.items()}


def _decisions(letter: Letter) -> dict[str, Act]:
    waits = list(
        Signature.objects.filter(letter=letter, state=_S.HELD)
        .order_by("created_at")
        .values_list("pk", "revision")[:_DECIDED_IN_A_ROW]
    )
    actor = _moderator().pk

    def decide(to: Signature.State) -> None:
        key, revision = waits[0]
        decisions.decide(
            signature_id=key,
            revision=revision,
            seen=_S.HELD,
            to=to,
            actor_id=actor,
            reason="They are real.",
            now=clock.now(),
        )

    def decide_and_undo() -> None:
        key, revision = waits[0]
        decide(_S.PUBLISHED)
        decisions.undo(
            signature_id=key,
            revision=revision,
            decided=_S.PUBLISHED,
            actor_id=actor,
            held_because="moderator",
            now=clock.now(),
        )

    return {
        "publish": rolled_back(partial(decide, _S.PUBLISHED)),
        "remove": rolled_back(partial(decide, _S.REMOVED)),
        "publish, and undo it": rolled_back(decide_and_undo),
    }


def _working(letter: Letter) -> dict[str, Act]:
    """Return what the site does by itself for its moderators."""

    def ask() -> None:
        sweep = Sweep(letter=letter, domain="d1.example.org")
        flows.ask(sweep, actor_id=_moderator().pk, now=clock.now())
        while Sweep.objects.filter(pk=sweep.pk, state=Sweep.State.LOOKING).exists():
            working.work()

    return {
        "statistics, following": following.follow,
        "alerts": lambda: alerts.watch(now=clock.now()),
        "sweep, asked and found": rolled_back(ask),
    }


def _moderator() -> User:
    return User.objects.filter(is_superuser=True)[0]


if __name__ == "__main__":
    json.dump(measure(sys.argv[1]), sys.stdout)
