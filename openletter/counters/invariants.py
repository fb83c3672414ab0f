"""What must hold at any quiet moment, in a test after chaos and every night in production.

Each invariant is one statement that finds what breaks it; none repairs anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import connection

from openletter.counters import counts
from openletter.lib.addresses import email_key
from openletter.lib.logs import finds_personal


@dataclass(frozen=True)
class Finding:
    """One invariant: its number, its sentence, and ids of what breaks it."""

    number: str
    sentence: str
    broken_by: list[str]

    @property
    def holds(self) -> bool:
        return not self.broken_by


_QUERIES: tuple[tuple[str, str, str], ...] = (
    (
        "I2",
        "every waiting attempt is owed a mail",
        """SELECT s.public_id FROM signatures_signature s
           WHERE s.state = 'pending' AND s.created_at > %(now)s - INTERVAL '7 days'
           AND NOT EXISTS (SELECT 1 FROM mail_outgoingmail m
                           WHERE m.recipient_key = s.email_key)
           LIMIT 20""",
    ),
    (
        "I2",
        "no lease is older than sixty seconds and no mail waits longer than the retry table says",
        """SELECT id FROM mail_outgoingmail WHERE state = 'due'
           AND (lease_until < %(now)s - INTERVAL '60 seconds'
                OR due_at > %(now)s + INTERVAL '5 hours' AND batch IS NULL) LIMIT 20""",
    ),
    (
        "I4",
        "no mail that may leave is due for more than two minutes",
        """SELECT id FROM mail_outgoingmail m WHERE state = 'due' AND lane = 'confirm'
           AND due_at < %(now)s - INTERVAL '120 seconds'
           AND NOT EXISTS (SELECT 1 FROM mail_brake b
                           WHERE b.key IN (m.topic, 'batch:' || m.batch))
           AND NOT EXISTS (SELECT 1 FROM mail_domainpause p
                           WHERE p.domain = m.recipient_domain AND p.until > %(now)s) LIMIT 20""",
    ),
    (
        "I4",
        "a mail that was tried eight times is parked",
        "SELECT id FROM mail_outgoingmail WHERE state = 'due' AND attempts >= 8 LIMIT 20",
    ),
    (
        "I6",
        "no address gets two unverified mails within three minutes, or more than five on a letter",
        """SELECT max(id::text) FROM (
               SELECT id, topic, recipient_key,
                      first_due_at - lag(first_due_at) OVER same AS apart,
                      count(*) OVER (PARTITION BY recipient_key, topic) AS number
               FROM mail_outgoingmail
               WHERE kind IN ('signatures.confirm', 'signatures.reminder',
                              'signatures.signed_already')
               WINDOW same AS (PARTITION BY recipient_key ORDER BY first_due_at)
           ) AS m WHERE apart < INTERVAL '3 minutes' OR number > 5
           GROUP BY recipient_key LIMIT 20""",
    ),
    (
        "I6",
        "nothing left to an address after it was suppressed",
        """SELECT m.id FROM mail_outgoingmail m JOIN mail_suppressedaddress s
           ON s.email_key = m.recipient_key AND s.topic IN ('', m.topic)
           WHERE m.sent_at > s.at + INTERVAL '60 seconds' LIMIT 20""",
    ),
    (
        "I9",
        "what counts was confirmed, and has its line in the ledger",
        """SELECT s.public_id FROM signatures_signature s WHERE s.state = 'published'
           AND (s.confirmed_at IS NULL OR NOT EXISTS (
               SELECT 1 FROM signatures_ledgerentry l
               WHERE l.signature_id = s.id AND l.kind = 'signed')) LIMIT 20""",
    ),
    (
        "I10",
        "nothing was confirmed more than a day after its letter closed, or by an old link",
        """SELECT s.public_id FROM signatures_signature s
           JOIN letters_letter l ON l.id = s.letter_id
           WHERE s.confirmed_at > l.closes_at + INTERVAL '24 hours 5 minutes'
              OR s.confirmed_at > s.asked_at + INTERVAL '7 days 5 minutes' LIMIT 20""",
    ),
)


def check(
    *, now: datetime, accepted: Iterable[str] = (), logs: Iterable[Path] = ()
) -> list[Finding]:
    """Check every invariant; `accepted` are addresses that were told yes, `logs` files to read."""
    findings = [Finding(number, said, _ids(query, now)) for number, said, query in _QUERIES]
    findings.append(
        Finding(
            "I8",
            "every number agrees with its signatures and its ledger",
            [letter.slug for letter in counts.recount() if not letter.agrees],
        )
    )
    extra: tuple[tuple[str, str, Callable[[], list[str]]], ...] = (
        ("I1", "everybody who was told yes has a signature", lambda: _without_row(accepted)),
        ("I16", "no log holds an address or a token", lambda: _talkative(logs)),
    )
    findings += [Finding(number, said, find()) for number, said, find in extra]
    return findings


def _ids(query: str, now: datetime) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(query, {"now": now})
        return [str(row[0]) for row in cursor.fetchall()]


def _without_row(accepted: Iterable[str]) -> list[str]:
    """Return which lines of the list have no signature; the addresses themselves are not told."""
    keys = {email_key(address): number for number, address in enumerate(accepted, start=1)}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT email_key FROM signatures_signature WHERE email_key = ANY(%s)",
            [list(keys)],
        )
        known = {bytes(row[0]) for row in cursor.fetchall()}
    return [f"line {number}" for key, number in keys.items() if key not in known][:20]


def _talkative(logs: Iterable[Path]) -> list[str]:
    return [
        f"{log.name}:{number}"
        for log in logs
        for number, line in enumerate(log.read_text(errors="replace").splitlines(), start=1)
        if finds_personal(line)
    ][:20]
