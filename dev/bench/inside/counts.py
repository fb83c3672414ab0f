"""Prints what the database holds, as JSON: the rows a bench compares before and after."""

from __future__ import annotations

import json
import sys

from dev.bench.inside import set_up

set_up()

from django.db.models import Count, Max  # noqa: E402

from openletter.ledger import recounting  # noqa: E402
from openletter.ledger.models import LedgerEntry, Tally  # noqa: E402
from openletter.mail.models import OutgoingMail  # noqa: E402
from openletter.signatures.models import Signature  # noqa: E402


def held() -> dict[str, int]:
    """Return every number, and whether the site's own recount agrees."""
    states = dict(Signature.objects.values_list("state").annotate(Count("pk")))
    tallies = list(Tally.objects.all())
    return {
        "signatures": sum(states.values()),
        "pending": states.get("pending", 0),
        "published": states.get("published", 0),
        "held": states.get("held", 0),
        "mails": OutgoingMail.objects.count(),
        "mails_due": OutgoingMail.objects.filter(state="due").count(),
        "tally": sum(tally.people + tally.organisations for tally in tallies),
        "entries": LedgerEntry.objects.count(),
        "last_index": LedgerEntry.objects.aggregate(last=Max("index"))["last"] or 0,
        "agrees": int(all(letter.agrees for letter in recounting.recount())),
    }


if __name__ == "__main__":
    json.dump(held(), sys.stdout)
