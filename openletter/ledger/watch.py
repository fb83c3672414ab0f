"""Look whether every number holds: a difference is an alarm of its letter, never repaired."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from openletter.alarms import flows as alarms
from openletter.ledger import recounting
from openletter.ledger.recounting import Recount

ALARM = "a number does not agree"


def watch(*, now: datetime) -> None:
    """Count every letter again; raise an alarm for each that differs, and resolve what is over."""
    for letter in recounting.recount():
        # Not the topic of the letter's mails: whoever lets these go on must not resolve this too.
        key = f"number:{letter.letter_id}"
        if letter.agrees:
            alarms.resolve(ALARM, key, now)
        else:
            alarms.raise_alarm(ALARM, key, _what_differs(letter), now)


def _what_differs(letter: Recount) -> str:
    return _(
        "The number of signatures on %(letter)s does not add up: the page shows %(tally)s,"
        " %(rows)s signatures are published, and the ledger comes to %(ledger)s (%(entries)s of"
        " %(next)s lines). Do not quote the number until you have found out who changed the"
        " database; ./run manage recount shows the details. Nothing is corrected automatically."
    ) % {
        "letter": letter.slug,
        "tally": letter.tally,
        "rows": letter.rows,
        "ledger": letter.ledger,
        "entries": letter.entries,
        "next": letter.next_index,
    }
