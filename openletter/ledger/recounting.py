"""Count every letter again, by ways that know nothing of each other."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True)
class Recount:
    """A letter's number, told in three ways that must agree."""

    letter_id: int
    slug: str
    tally: int
    rows: int
    ledger: int
    entries: int
    next_index: int
    tally_people: int
    rows_people: int
    last_index: int
    last_count: int

    @property
    def agrees(self) -> bool:
        return (
            self.tally == self.rows == self.ledger == self.last_count
            and self.tally_people == self.rows_people
            and self.entries == self.next_index == self.last_index + 1
        )


# One statement, so one snapshot: what is confirmed meanwhile is in all three or in none.
_RECOUNT = """
SELECT letter.id, letter.slug,
       COALESCE(tally.people + tally.organisations, 0),
       (SELECT COUNT(*) FROM signatures_signature AS s
         WHERE s.letter_id = letter.id AND s.state = 'published'),
       COALESCE(ledger.number, 0), COALESCE(ledger.entries, 0), COALESCE(tally.next_index, 0),
       COALESCE(tally.people, 0),
       (SELECT COUNT(*) FROM signatures_signature AS s
         WHERE s.letter_id = letter.id AND s.state = 'published' AND s.kind = 'person'),
       COALESCE(ledger.last_index, -1),
       COALESCE((SELECT l.count FROM ledger_ledgerentry AS l
                  WHERE l.letter_id = letter.id AND l.index = ledger.last_index), 0)
FROM letters_letter AS letter
LEFT JOIN ledger_tally AS tally ON tally.letter_id = letter.id
LEFT JOIN (
    SELECT letter_id, COUNT(*) AS entries, MAX(index) AS last_index,
           SUM(CASE WHEN kind IN ('signed', 'restored') THEN 1 ELSE -1 END) AS number
    FROM ledger_ledgerentry GROUP BY letter_id
) AS ledger ON ledger.letter_id = letter.id
ORDER BY letter.id
"""


def recount() -> list[Recount]:
    """Count every letter from its signatures and from its ledger; repair nothing."""
    with connection.cursor() as cursor:
        cursor.execute(_RECOUNT)
        return [Recount(*row) for row in cursor.fetchall()]
