"""What each regular act asks of the database of a site that was filled to rehearse.

`python -m dev.bench.inside.scale rehearsal`, with PUBLIC_CACHE_SECONDS=0, and without a second
factor for staff. What acts would change is rolled back, but one form that is sent.
"""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from dev.bench.forms import Form
from dev.bench.inside import set_up
from dev.bench.inside.acts import get, rolled_back, take_your_time, watch_all, watch_once
from dev.bench.people import people

set_up()

from django.conf import settings  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from openletter.accounts.models import User  # noqa: E402
from openletter.ledger import recounting  # noqa: E402
from openletter.ledger.models import Tally  # noqa: E402
from openletter.lib.db import clock  # noqa: E402
from openletter.mail import personal as mail  # noqa: E402
from openletter.mail.models import Lane  # noqa: E402
from openletter.mail.outbox import claims  # noqa: E402
from openletter.operations import invariants  # noqa: E402
from openletter.privacy.flows import BATCH  # noqa: E402
from openletter.signatures import retention  # noqa: E402

if TYPE_CHECKING:
    from typing import Any

    from dev.bench.inside.acts import Act

LIST = "admin:signatures_signature_changelist"


def measure(slug: str) -> dict[str, dict[str, Any]]:
    take_your_time()
    found = watch_all(_acts(slug))
    # They read everything, so once must do.
    found["recount"] = watch_once(recounting.recount)
    found["invariants"] = watch_once(lambda: invariants.check(now=clock.now()))
    return found


def _acts(slug: str) -> dict[str, Act]:
    public = Client(headers={"host": "localhost", "sec-fetch-site": "same-origin"})
    staff = Client(headers={"host": "localhost"})
    staff.force_login(User.objects.filter(is_superuser=True)[0])
    deepest = Tally.objects.get(letter__slug=slug).next_index
    desk = reverse(LIST)
    later = clock.now() + timedelta(days=settings.KEEP_MAILS_DAYS + settings.KEEP_UNCONFIRMED_DAYS)
    pages = {
        "letter page": (public, f"/{slug}/"),
        "signatories page, deep": (public, f"/{slug}/signatures/?after={deepest // 20}"),
        "count.json": (public, f"/{slug}/count.json"),
        "home": (public, "/"),
        "inbox page": (public, _inbox(public, slug)),
        "admin list": (staff, desk),
        "admin list, page 3": (staff, f"{desk}?p=3"),
        "admin list, pending": (staff, f"{desk}?state__exact=pending"),
        "admin search, many found": (staff, f"{desk}?q=okafor"),
        "admin search, few found": (staff, f"{desk}?q=amara+b+okafor+professor"),
        "admin index": (staff, reverse("admin:index")),
        "admin queue, a card": (staff, reverse("admin:signatures_signature_queue")),
        "admin search, nobody found": (staff, f"{desk}?q=zwetschgenbaum"),
    }
    acts: dict[str, Act] = {
        name: partial(get, client, path) for name, (client, path) in pages.items()
    }
    for lane in Lane:
        acts[f"claim of mails, {lane}"] = rolled_back(partial(claims.claim, lane))
    for what, expire in (("mails", mail.expire), ("signatures", retention.expire)):
        slice_ = partial(expire, now=later, limit=BATCH, dry_run=False)
        acts[f"retention of {what}, {BATCH:,}"] = rolled_back(slice_)
    return acts


def _inbox(client: Client, slug: str) -> str:
    """Sign, and return the address of the page that waits."""
    form = Form.found_in(client.get(f"/{slug}/").text)
    body = form.body(next(people(1, series="scale")))
    sent = client.post(form.action, body, content_type="application/x-www-form-urlencoded")
    return str(sent["Location"])


if __name__ == "__main__":
    json.dump(measure(sys.argv[1]), sys.stdout)
