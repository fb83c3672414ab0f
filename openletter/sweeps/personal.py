"""A sweep names members of staff, and may ask for somebody's name, domain or network."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from openletter.lib.personal import Declaration, Expiry, Held, Person, exported, impersonal
from openletter.sweeps.models import Sweep, Swept

_S = Sweep.State
# A question that nobody acts on is forgotten after a day.
_QUESTIONS_LAST = timedelta(days=1)
# Whose name or network was asked for is forgotten a month after the sweep began, or after it was
# asked for and nobody agreed.
_WORDS_LAST = timedelta(days=30)

FIELDS: dict[str, Declaration] = {
    "Sweep": {
        "domain": Held("the e-mail domain that staff swept by"),
        "network_key": Held("the beginning of the keyed hash of a network that staff swept by"),
        "name": Held("what staff swept by of a name, a title or an affiliation"),
        "asked_by": Held("who asked"),
        "begun_by": Held("who began a sweep"),
        "agreed_by": Held("who agreed to a sweep"),
        "undone_by": Held("who had a sweep undone"),
        "reason": Held("why, in the words of whoever decided"),
        **impersonal(
            *("id", "public_id", "letter", "version", "signed_from", "signed_to", "flag"),
            *("because", "country", "language", "signed_in_state", "state", "asked_at", "cursor"),
            *("newest", "published", "held", "sample", "to", "public_note", "begun_at"),
            *("finished_at", "done", "left", "undone", "kept", "failures", "tells"),
        ),
    },
    "Swept": {
        "signature": Held("which signature a sweep found"),
        "state": Held("its state before"),
        "held_because": Held("why it was held before"),
        "outcome": Held("what the sweep did with it"),
        "why": Held("why it was left as it was"),
        "at": Held("when"),
        "undone_at": Held("when it was brought back"),
        **impersonal("id", "sweep", "revision"),
    },
}


def export(person: Person) -> dict[str, Any]:
    """Return what sweeps did with a person's signatures, when and why; not by whom."""
    rows = Swept.objects.filter(signature__public_id__in=person.public_ids)
    found = rows.exclude(at=None).select_related("sweep", "signature").order_by("pk")
    return {
        "sweeps": [
            exported(row, FIELDS["Swept"])
            | {"signature": str(row.signature.public_id), "reason": row.sweep.reason}
            for row in found
        ]
    }


def expire(*, now: datetime, limit: int, dry_run: bool) -> list[Expiry]:
    """Forget questions that led to nothing, and the words of those that are over."""
    not_agreed = Sweep.objects.filter(state=_S.ASKED, asked_at__lt=now - _WORDS_LAST)
    unused = Sweep.objects.filter(
        state__in=[_S.LOOKING, _S.FOUND], asked_at__lt=now - _QUESTIONS_LAST
    )
    over = Sweep.objects.filter(
        state__in=[_S.DONE, _S.STOPPED, _S.UNDONE], begun_at__lt=now - _WORDS_LAST
    ).exclude(domain="", network_key=b"", name="")
    found = []
    for what, rows, changes in (
        ("sweeps that nobody agreed to in a month", not_agreed, {"state": _S.FOUND}),
        ("questions for a sweep that led to nothing", unused, {"state": _S.DISCARDED}),
        (
            "whom a sweep was about, a month later",
            over,
            {"domain": "", "network_key": b"", "name": ""},
        ),
    ):
        keys = rows.order_by("pk").values("pk")[:limit]
        number = keys.count() if dry_run else rows.filter(pk__in=keys).update(**changes)
        found.append(Expiry(what, number))
    return found
