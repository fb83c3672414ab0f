"""Fills the letter: `python -m dev.bench.inside.fill published 2000`, or `pending`.

Rows go in by COPY and by statements over all of them, in one transaction, and leave ledger, tally
and outbox as if each person had signed and confirmed.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import TYPE_CHECKING

from dev.bench.inside import set_up
from dev.bench.people import people

set_up()

from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from openletter.ledger.models import Tally  # noqa: E402
from openletter.letters.models import Letter  # noqa: E402
from openletter.lib.people.addresses import domain_of, email_key  # noqa: E402
from openletter.signatures import consents  # noqa: E402
from openletter.signatures.models import Signature  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dev.bench.people import Person
    from openletter.letters.models import Translation

PERIOD = timedelta(days=60)  # over which the published ones came

_LEDGER = """
INSERT INTO ledger_ledgerentry (letter_id, index, kind, signature_id, at, count)
SELECT letter_id, ledger_index, 'signed', id, confirmed_at,
       %(number)s + row_number() OVER (ORDER BY ledger_index)
FROM signatures_signature WHERE letter_id = %(letter)s AND ledger_index >= %(first)s
ORDER BY ledger_index
"""
_TALLY = """
UPDATE ledger_tally AS tally SET
    next_index = next_index + added.people + added.organisations,
    people = tally.people + added.people,
    organisations = tally.organisations + added.organisations
FROM (
    SELECT count(*) FILTER (WHERE kind = 'person') AS people,
           count(*) FILTER (WHERE kind = 'organisation') AS organisations
    FROM signatures_signature WHERE letter_id = %(letter)s AND ledger_index >= %(first)s
) AS added WHERE letter_id = %(letter)s
"""
_OUTBOX = """
INSERT INTO mail_outgoingmail (id, kind, dedupe_key, recipient, recipient_key, recipient_domain,
    language, lane, about, topic, state, first_due_at, due_at, sent_at, attempts, error)
SELECT gen_random_uuid(), 'signatures.confirm', 'signatures.confirm:' || public_id || ':0', email,
    email_key, email_domain, language, 'confirm', public_id, %(topic)s, 'sent', asked_at, asked_at,
    asked_at, 1, ''
FROM signatures_signature WHERE id > %(last)s ORDER BY id
"""


def fill(state: str, number: int) -> None:
    """Add so many signatures in a state, published or pending, to the oldest public letter."""
    letter = Letter.objects.public().order_by("created_at").first()
    if letter is None:
        raise LookupError("there is no letter")
    version = letter.versions.published()[0]
    text = version.translations.select_related("version__letter").get(
        language=letter.reference_language
    )
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")  # a hundred thousand rows at once take longer
    with transaction.atomic(), connection.cursor() as cursor:
        # Made by whoever signed first: the demo letter's first signatories.
        tally = Tally.objects.select_for_update().get(letter=letter)
        last = Signature.objects.order_by("-pk").values_list("pk", flat=True)[0]
        values: dict[str, int | str] = {
            "letter": letter.pk,
            "topic": letter.topic,
            "number": tally.people + tally.organisations,
            "first": tally.next_index,
            "last": last,
        }
        _copy(_signatures(text, state, number, first_index=tally.next_index, series=f"x{last}"))
        if state == Signature.State.PUBLISHED:
            cursor.execute(_LEDGER, values)
            cursor.execute(_TALLY, values)
        cursor.execute(_OUTBOX, values)
    with connection.cursor() as cursor:
        # What a site has that did not grow within a second.
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("CHECKPOINT")


def _signatures(
    text: Translation, state: str, number: int, *, first_index: int, series: str
) -> Iterator[Signature]:
    letter = text.version.letter
    counts = state == Signature.State.PUBLISHED
    # Attempts that wait are from just now, or their links would have run out.
    now = timezone.now()
    began = now - (PERIOD if counts else timedelta(minutes=5))
    step = (now - began) / (number + 1)
    for count, person in enumerate(people(number, series=series)):
        at = began + count * step
        yield Signature(
            letter=letter,
            translation=text,
            language=text.language,
            state=state,
            created_at=at,
            asked_at=at,
            confirmed_at=at + step if counts else None,
            ledger_index=first_index + count if counts else None,
            consent=consents.CURRENT,
            **_typed(person),
        )


def _typed(person: Person) -> dict[str, str | bool | bytes]:
    return {
        "kind": person.kind,
        "name": person.name,
        "title": person.title,
        "affiliation": person.affiliation,
        "country": person.country,
        "email": person.email,
        "email_key": email_key(person.email),
        "email_domain": domain_of(person.email),
        "show_name": person.show_name,
        "wants_updates": person.updates,
    }


def _copy(signatures: Iterator[Signature]) -> None:
    """Write rows as fast as they can be; fields that are added later come along by themselves."""
    fields = [field for field in Signature._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY signatures_signature ({columns}) FROM STDIN") as copy,
    ):
        for signature in signatures:
            copy.write_row(
                [
                    field.get_db_prep_save(field.pre_save(signature, add=True), connection)
                    for field in fields
                ]
            )


if __name__ == "__main__":
    fill(sys.argv[1], int(sys.argv[2]))
