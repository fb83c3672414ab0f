"""What must hold at any quiet moment, in a test after chaos and every night in production.

Each invariant is one statement that finds what breaks it; none repairs anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Exists, OuterRef, Value
from django.db.models.functions import Concat

from openletter.ledger import recounting
from openletter.lib.logs import finds_personal
from openletter.lib.people.addresses import Recipient, email_key
from openletter.mail.limits import quotas, recipient_limits
from openletter.mail.models import OutgoingMail
from openletter.signatures import judgement
from openletter.signatures.models import Signature


@dataclass(frozen=True)
class Finding:
    """One invariant: its number, its sentence, and ids of what breaks it."""

    number: str
    sentence: str
    broken_by: list[str]

    @property
    def holds(self) -> bool:
        return not self.broken_by


# Number, sentence, and the statement that finds what breaks it. What limits forbid is owed to
# nobody, and what throttles hold back may wait.
_QUERIES: tuple[tuple[str, str, str], ...] = (
    (
        "I2",
        "everybody who confirmed is owed a receipt",
        """SELECT s.public_id FROM signatures_signature s
           WHERE s.state IN ('held', 'published') AND s.confirmed_at > %(recorded_since)s
           AND s.email_key <> ''
           AND NOT EXISTS (SELECT 1 FROM mail_outgoingmail m
                           WHERE m.lane = 'confirm' AND m.about = s.public_id
                           AND m.kind = 'signatures.receipt') LIMIT 20""",
    ),
    (
        "I2",
        "no lease is older than sixty seconds",
        """SELECT id FROM mail_outgoingmail WHERE state = 'due'
           AND lease_until < %(now)s - INTERVAL '60 seconds' LIMIT 20""",
    ),
    (
        "I2",
        "no mail waits longer than the retry table says",
        """SELECT id FROM mail_outgoingmail WHERE state = 'due' AND batch IS NULL
           AND due_at > %(now)s + INTERVAL '5 hours' LIMIT 20""",
    ),
    (
        "I4",
        "no mail that may leave is due for more than two minutes",
        """SELECT id FROM mail_outgoingmail m WHERE state = 'due' AND lane = 'confirm'
           AND due_at < %(now)s - INTERVAL '120 seconds' AND NOT %(is_limited)s
           AND NOT EXISTS (SELECT 1 FROM mail_throttle b
                           WHERE b.key IN (m.topic, 'batch:' || m.batch)
                           AND (b.paused OR m.kind = ANY(%(unverified)s)))
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
        "no mailbox is owed unverified mails within three minutes, or more than its limits allow",
        """SELECT min(id::text) FROM (
               SELECT id, mailbox, is_tagged = with_tags AS is_counted_so,
                      first_due_at - lag(first_due_at) OVER in_turn AS apart,
                      count(*) OVER on_topic AS ever_on_topic,
                      count(*) OVER (on_topic RANGE INTERVAL '1 day' PRECEDING)
                          AS on_topic_in_a_day,
                      count(*) OVER (in_turn RANGE INTERVAL '1 day' PRECEDING) AS in_a_day,
                      count(*) OVER (in_turn RANGE INTERVAL '30 days' PRECEDING) AS in_a_month
               FROM (SELECT id, topic, first_due_at, mailbox_key IS NOT NULL AS is_tagged,
                            COALESCE(mailbox_key, recipient_key) AS mailbox
                     FROM mail_outgoingmail WHERE kind = ANY(%(unverified)s)) AS mail
               JOIN (VALUES (FALSE), (TRUE)) AS counted (with_tags)
                    ON with_tags OR NOT is_tagged
               WINDOW in_turn AS (PARTITION BY mailbox, with_tags ORDER BY first_due_at),
                      on_topic AS (PARTITION BY mailbox, with_tags, topic ORDER BY first_due_at)
           ) AS m WHERE apart < INTERVAL '3 minutes' OR is_counted_so AND (
               ever_on_topic > %(ever_per_topic)s OR on_topic_in_a_day > %(per_day_and_topic)s
               OR in_a_day > %(per_day)s OR in_a_month > %(per_month)s)
           GROUP BY mailbox LIMIT 20""",
    ),
    (
        # Ten seconds less, because the clocks of two workers may differ.
        "I6",
        "no two unverified mails left to a mailbox within three minutes",
        """SELECT id FROM (
               SELECT id, sent_at - lag(sent_at) OVER (
                   PARTITION BY COALESCE(mailbox_key, recipient_key) ORDER BY sent_at) AS apart
               FROM mail_outgoingmail WHERE kind = ANY(%(unverified)s) AND sent_at IS NOT NULL
           ) AS m WHERE apart < INTERVAL '170 seconds' LIMIT 20""",
    ),
    (
        "I6",
        "nothing left to an address after it was suppressed",
        """SELECT m.id FROM mail_outgoingmail m JOIN mail_suppressedaddress s
           ON s.email_key = m.recipient_key AND s.topic IN ('', m.topic)
           WHERE m.sent_at > s.at + INTERVAL '60 seconds' LIMIT 20""",
    ),
    (
        # Where retention has ended the hash is gone too, and mails go by their own days.
        "I15",
        "no mail keeps the address of a signature that was erased",
        """SELECT m.id FROM mail_outgoingmail m
           JOIN signatures_signature s ON s.public_id = m.about
           WHERE s.erased_at IS NOT NULL AND s.email_key <> '' AND m.recipient <> '' LIMIT 20""",
    ),
    (
        "I9",
        "what counts was confirmed, and has its line in the ledger",
        """SELECT s.public_id FROM signatures_signature s WHERE s.state = 'published'
           AND (s.confirmed_at IS NULL OR NOT EXISTS (
               SELECT 1 FROM ledger_ledgerentry l
               WHERE l.signature_id = s.id AND l.kind = 'signed')) LIMIT 20""",
    ),
    (
        "I8",
        "what a sweep moved the number by is what it says of each signature",
        """SELECT DISTINCT sweep.public_id FROM sweeps_swept AS swept
           JOIN sweeps_sweep AS sweep ON sweep.id = swept.sweep_id
           CROSS JOIN LATERAL (
               SELECT COUNT(*) FILTER (WHERE kind = 'removed') AS removed,
                      COUNT(*) FILTER (WHERE kind = 'restored') AS restored, COUNT(*) AS lines
               FROM ledger_ledgerentry AS line
               WHERE line.signature_id = swept.signature_id AND line.batch = sweep.public_id
           ) AS moved
           WHERE moved.removed <> (swept.state = 'published'
                   AND swept.outcome IN ('done', 'undone', 'kept'))::int
              OR moved.restored <> (swept.state = 'published' AND swept.outcome = 'undone')::int
              OR moved.lines <> moved.removed + moved.restored LIMIT 20""",
    ),
    (
        "I8",
        "a sweep counted what it did, and is over when nothing is left to do",
        """SELECT sweep.public_id FROM sweeps_sweep AS sweep
           CROSS JOIN LATERAL (
               SELECT COUNT(*) AS found,
                      COUNT(*) FILTER (WHERE outcome = 'waiting') AS waiting,
                      COUNT(*) FILTER (WHERE outcome IN ('done', 'undone', 'kept')) AS done,
                      COUNT(*) FILTER (WHERE outcome = 'left') AS left_,
                      COUNT(*) FILTER (WHERE outcome = 'undone') AS undone,
                      COUNT(*) FILTER (WHERE outcome = 'kept') AS kept
               FROM sweeps_swept AS swept WHERE swept.sweep_id = sweep.id
           ) AS counted
           WHERE sweep.state <> 'discarded' AND (
               sweep.published + sweep.held <> counted.found OR sweep.done <> counted.done
               OR sweep.left <> counted.left_ OR sweep.undone <> counted.undone
               OR sweep.kept <> counted.kept
               OR sweep.state = 'done' AND counted.waiting > 0
               OR sweep.state = 'undone' AND counted.done > counted.undone + counted.kept
           ) LIMIT 20""",
    ),
    (
        "I8",
        "what was removed, published or held by hand is as its record says",
        """SELECT s.public_id FROM (
               SELECT DISTINCT ON (object_id) object_id, action, at FROM moderation_auditentry
               WHERE object_kind = 'signature' ORDER BY object_id, at DESC, id DESC
           ) AS last
           JOIN signatures_signature AS s ON s.public_id::text = last.object_id
           WHERE s.erased_at IS NULL AND s.state <> CASE last.action
               WHEN 'removed signature' THEN 'removed' WHEN 'published signature' THEN 'published'
               WHEN 'held signature' THEN 'held' ELSE s.state END
           AND NOT EXISTS (SELECT 1 FROM sweeps_swept AS swept WHERE swept.signature_id = s.id
                           AND COALESCE(swept.undone_at, swept.at) > last.at) LIMIT 20""",
    ),
    (
        "I8",
        "nothing is removed without a line of its history",
        """SELECT s.public_id FROM signatures_signature AS s
           WHERE s.state = 'removed' AND s.erased_at IS NULL
           AND NOT EXISTS (SELECT 1 FROM moderation_auditentry AS entry
                           WHERE entry.object_kind = 'signature'
                           AND entry.object_id = s.public_id::text
                           AND entry.action = 'removed signature')
           AND NOT EXISTS (SELECT 1 FROM sweeps_swept AS swept
                           JOIN sweeps_sweep AS sweep ON sweep.id = swept.sweep_id
                           WHERE swept.signature_id = s.id AND sweep.to = 'removed'
                           AND swept.outcome IN ('done', 'kept')) LIMIT 20""",
    ),
    (
        "I11",
        "the statistics hold each line of the ledger that they followed, once",
        """SELECT followed.letter_id FROM statistics_followed AS followed
           CROSS JOIN LATERAL (
               SELECT kind, COUNT(*) AS lines FROM ledger_ledgerentry AS line
               WHERE line.letter_id = followed.letter_id AND line.index < followed.next_index
               GROUP BY kind
               EXCEPT
               SELECT kind, SUM(lines) FROM statistics_movement AS movement
               WHERE movement.letter_id = followed.letter_id GROUP BY kind
           ) AS missing LIMIT 20""",
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
            [one.letter.slug for one in recounting.recount() if not one.agrees],
        )
    )
    extra: tuple[tuple[str, str, Callable[[], list[str]]], ...] = (
        ("I1", "everybody who was told yes has a signature", lambda: _without_row(accepted)),
        (
            "I2",
            "every waiting attempt is owed a mail about its letter, as far as limits allow",
            lambda: _without_mail(now),
        ),
        ("I16", "no log holds an address or a token", lambda: _talkative(logs)),
    )
    findings += [Finding(number, said, find()) for number, said, find in extra]
    return findings


@transaction.atomic
def _ids(query: str, now: datetime) -> list[str]:
    allowed = recipient_limits.FOR_UNVERIFIED
    with connection.cursor() as cursor:
        _may_read_everything(cursor)
        cursor.execute(
            query,
            {
                "now": now,
                "recorded_since": now - timedelta(days=settings.KEEP_MAILS_DAYS),
                "is_limited": quotas.is_limited(),
                "unverified": list(allowed.kinds),
                "ever_per_topic": allowed.ever_per_topic,
                "per_day_and_topic": allowed.per_day_and_topic,
                "per_day": allowed.per_day,
                "per_month": allowed.per_month,
            },
        )
        return [str(row[0]) for row in cursor.fetchall()]


def _may_read_everything(cursor: CursorWrapper) -> None:
    """Let the statements of a transaction do what pages must never wait for."""
    cursor.execute("SET LOCAL statement_timeout = 0")
    cursor.execute("SET LOCAL enable_seqscan = on")


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


@transaction.atomic
def _without_mail(now: datetime) -> list[str]:
    owed = OutgoingMail.objects.filter(
        recipient_key=OuterRef("email_key"), topic=Concat(Value("letter:"), OuterRef("letter_id"))
    )
    waiting = Signature.objects.filter(
        ~Exists(owed), state=Signature.State.PENDING, created_at__gt=now - judgement.LINK_LASTS
    )
    with connection.cursor() as cursor:
        _may_read_everything(cursor)
    found = (
        attempt
        for attempt in waiting.exclude(email_key=b"").select_related("letter").iterator()
        if _has_room(attempt)
    )
    return [str(attempt.public_id) for attempt in islice(found, 20)]


def _has_room(attempt: Signature) -> bool:
    """Say whether the mailbox's limits, as they were when somebody signed, allowed a mail."""
    recipient = Recipient.of(attempt.email)
    allowed = recipient_limits.next_allowed(
        "signatures.confirm",
        recipient,
        topic=attempt.letter.topic,
        now=attempt.created_at,
        not_before=attempt.created_at,
    )
    return allowed is not None


def _talkative(logs: Iterable[Path]) -> list[str]:
    return [
        f"{log.name}:{number}"
        for log in logs
        for number, line in enumerate(log.read_text(errors="replace").splitlines(), start=1)
        if finds_personal(line)
    ][:20]
