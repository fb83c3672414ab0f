"""Counts the queries of each request and times how long it takes to make the answer anew.

`python -m dev.bench.inside.queries <slug> <cursor of a deep page>`, with PUBLIC_CACHE_SECONDS=0.
Goes through Django's test client, in the site's database; leaves one signature more there.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from typing import TYPE_CHECKING

from dev.bench.forms import Form
from dev.bench.inside import set_up
from dev.bench.people import people

set_up()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402

from openletter.counters import counts  # noqa: E402
from openletter.lib import tokens  # noqa: E402
from openletter.signatures.models import Signature  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test.client import _MonkeyPatchedWSGIResponse as Response

REPEATS = 15
FRAMES = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


def measure(slug: str, cursor: str) -> dict[str, dict[str, float]]:
    """Return for each request how many queries it needs and how many milliseconds it takes."""
    client = Client(headers={"host": "localhost", "sec-fetch-site": "same-origin"})
    pages = {
        "letter page": f"/{slug}/",
        "count.json": f"/{slug}/count.json",
        "signatories page": f"/{slug}/signatures/",
        "signatories page, deep": f"/{slug}/signatures/?after={cursor}",
        "healthz": "/healthz",
    }
    found = {}
    for name, path in pages.items():
        found[name] = _one(lambda path=path: client.get(path), status=200)  # type: ignore[misc]
    form = Form.found_in(client.get(f"/{slug}/").text)
    signers = people(REPEATS + 1, series="probe")

    def sign() -> Response:
        typed = form.body(next(signers))
        return client.post(form.action, typed, content_type="application/x-www-form-urlencoded")

    found["sign"] = _one(sign, status=302)
    ours = Signature.objects.order_by("-pk")[: REPEATS + 1]
    waiting = iter([tokens.make("confirm", one.public_id) for one in ours])
    found["confirm"] = _one(
        lambda: client.post(reverse("signatures:confirm", args=[next(waiting)])), status=302
    )
    return found


def _one(request: Callable[[], Response], *, status: int) -> dict[str, float]:
    _expect(request(), status)  # imports and templates
    counts.forget()
    with CaptureQueriesContext(connection) as queries:
        _expect(request(), status)
    asked = [query["sql"] for query in queries if not query["sql"].startswith(FRAMES)]
    times = []
    for _ in range(REPEATS - 1):
        began = time.perf_counter()
        request()
        times.append(time.perf_counter() - began)
    return {"queries": len(asked), "ms": round(statistics.median(times) * 1000, 2)}


def _expect(response: Response, status: int) -> None:
    if response.status_code != status:
        raise AssertionError(f"{response.status_code}: {response.text[:1000]}")


if __name__ == "__main__":
    json.dump(measure(*sys.argv[1:3]), sys.stdout)
