"""Fills a site by `operations/rehearsal`: `python -m dev.bench.inside.fill published 2000`.

`published` and `pending` add to the oldest public letter; `rehearsal 10000 30000` makes a letter of
its own, with people in all states and so many mails, and prints its address.
"""

from __future__ import annotations

import sys

from dev.bench.inside import set_up

set_up()

from django.db import connection  # noqa: E402

from openletter.letters.models import Letter  # noqa: E402
from openletter.lib.db import clock  # noqa: E402
from openletter.operations import rehearsal  # noqa: E402


def fill(state: str, number: int) -> None:
    """Add so many signatures in a state, whose mails were sent, to the oldest public letter."""
    letter = Letter.objects.public().order_by("created_at").first()
    if letter is None:
        raise LookupError("there is no letter")
    version = letter.versions.published()[0]
    text = version.translations.select_related("version__letter").get(
        language=letter.reference_language
    )
    rehearsal.fill(text, state, number, now=clock.ask())


def settle() -> None:
    rehearsal.settle()
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")


if __name__ == "__main__":
    if sys.argv[1] == "rehearsal":
        signatures, mails = map(int, sys.argv[2:4])
        rehearsal.rehearse("rehearsal", signatures=signatures, mails=mails, now=clock.ask())
    else:
        fill(sys.argv[1], int(sys.argv[2]))
    settle()
