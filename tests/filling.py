"""Many signatures in one statement, for tests of what must not cost more when there are many."""

from __future__ import annotations

from uuid import uuid4

from django.db import connection

from openletter.ledger.models import LedgerEntry, Tally
from openletter.signatures.models import Signature

# Each a second older than the one before, and of an address of its own.
_AT = "now() - number * interval '1 second'"
_OWN = {
    "public_id": "gen_random_uuid()",
    "email_key": "decode(md5(%(series)s || number), 'hex')",
    "created_at": _AT,
    "asked_at": _AT,
}
_LEDGER = """
INSERT INTO ledger_ledgerentry (letter_id, index, kind, signature_id, at, count)
SELECT letter_id, ledger_index, 'signed', id, confirmed_at, ledger_index + 1
FROM signatures_signature WHERE letter_id = %(letter)s AND ledger_index >= %(first)s
ORDER BY ledger_index
"""


def fill(like: Signature, number: int, **columns: str) -> None:
    """Add so many signatures like one that is stored, each with some columns as SQL says.

    There `number` counts from 1.
    """
    names = [
        str(field.column) for field in Signature._meta.concrete_fields if not field.primary_key
    ]
    values = [{**_OWN, **columns}.get(name, f"signature.{name}") for name in names]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO signatures_signature ({', '.join(names)})"
            f" SELECT {', '.join(values)} FROM signatures_signature AS signature,"
            " generate_series(1, %(many)s) AS number WHERE signature.id = %(like)s",
            {"many": number, "like": like.pk, "series": uuid4().hex},
        )


def fill_published(like: Signature, number: int, **columns: str) -> None:
    """Add so many that count, all of people, with their ledger and their number."""
    tally, _made = Tally.objects.get_or_create(letter=like.letter)
    first = tally.next_index
    places = {"state": "'published'", "confirmed_at": _AT, "ledger_index": f"{first} - 1 + number"}
    fill(like, number, **(places | columns))
    with connection.cursor() as cursor:
        cursor.execute(_LEDGER, {"letter": like.letter_id, "first": first})
    Tally.objects.filter(letter=like.letter).update(
        next_index=first + number, people=tally.people + number
    )
    assert LedgerEntry.objects.filter(letter=like.letter).count() == first + number
