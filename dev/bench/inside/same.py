"""Times the public forms about addresses of which different things are known; prints JSON.

`python -m dev.bench.inside.same <slug> <addresses a case>`. Goes through Django's test client, in
the site's database, and leaves its attempts there.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from typing import TYPE_CHECKING, TypeVar

from dev.bench.forms import Form
from dev.bench.inside import set_up
from dev.bench.people import Person, people

set_up()

from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from openletter.lib.people.addresses import email_key  # noqa: E402
from openletter.mail.models import OutgoingMail  # noqa: E402
from openletter.signatures.models import Signature  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

# How often each signed before, and what became of it.
CASES = {
    "unknown": (0, None),
    "waits": (1, "pending"),
    "five wait": (5, "pending"),
    "published": (1, "published"),
    "held": (1, "held"),
    "withdrawn": (1, "withdrawn"),
    "removed": (1, "removed"),
}


def measure(slug: str, number: int) -> dict[str, dict[str, float]]:
    """Return for each form and case the median of the times, in milliseconds."""
    client = Client(headers={"host": "localhost", "sec-fetch-site": "same-origin"})
    form = Form.found_in(client.get(f"/{slug}/").text)

    def sign(person: Person) -> str:
        kind = "application/x-www-form-urlencoded"
        return str(client.post(form.action, form.body(person), content_type=kind)["Location"])

    found: dict[str, dict[str, float]] = {}
    people_of = {case: _known(case, number, sign) for case in CASES}
    found["sign"] = _medians(people_of, sign)
    inboxes = {case: [sign(one) for one in persons] for case, persons in people_of.items()}
    for name, typed in (("resend", {}), ("code", {"code": "000000"}), ("ask-to-resume", {})):

        def send(inbox: str, name: str = name, typed: dict[str, str] = typed) -> None:
            client.post(inbox.replace("/inbox/", f"/{name}/"), typed)

        found[name] = _medians(inboxes, send)
    found["my signature"] = _medians(
        people_of, lambda one: client.post(f"/{slug}/my-signature/", {"email": one.email})
    )
    return found


def _known(case: str, number: int, sign: Callable[[Person], str]) -> list[Person]:
    times, state = CASES[case]
    found = list(people(number, series=case.replace(" ", "-")))
    for person in found:
        for _ in range(times):
            sign(person)
    if state:
        keys = [email_key(person.email) for person in found]
        confirmed = None if state == "pending" else timezone.now()
        signatures = Signature.objects.filter(email_key__in=keys)
        signatures.update(state=state, confirmed_at=confirmed)
        OutgoingMail.objects.filter(recipient_key__in=keys).delete()
    return found


def _medians(asked: dict[str, list[T]], ask: Callable[[T], object]) -> dict[str, float]:
    """Ask about every case in turns, in another order each time."""
    times: dict[str, list[float]] = {case: [] for case in asked}
    chance = random.Random(7)  # noqa: S311 - repeatable
    for number in range(len(next(iter(asked.values())))):
        for case in chance.sample(list(asked), len(asked)):
            began = time.perf_counter()
            ask(asked[case][number])
            times[case].append(time.perf_counter() - began)
    return {case: round(statistics.median(taken) * 1000, 3) for case, taken in times.items()}


if __name__ == "__main__":
    json.dump(measure(sys.argv[1], int(sys.argv[2])), sys.stdout)
