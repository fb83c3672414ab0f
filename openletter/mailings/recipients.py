"""Who gets an update, as SQL: to count them, and to copy them into the outbox."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from openletter.letters.models import Update

KIND = "mailings.update"
# Who gets an update: signed, asked for updates, and takes mail about this letter. Records of mails
# are deleted after some time, and with them the keys that say who has had an update. So whoever an
# older mailing of it looked at is passed over, whether they got it or not.
WANTED = """
FROM signatures_signature AS s
WHERE s.letter_id = %(letter)s AND s.state = 'published' AND s.wants_updates
  AND NOT EXISTS (
    SELECT FROM mail_suppressedaddress AS stop
    WHERE stop.email_key = s.email_key AND stop.topic IN ('', %(topic)s)
  )
  AND s.id > (
    SELECT COALESCE(MAX(older.cursor), 0) FROM mailings_mailing AS older
    WHERE older.update_id = %(update)s AND older.started_at < %(recorded_since)s
  )
"""
# The same for every mailing of an update: the outbox takes it once, so nobody gets it twice.
DEDUPE_KEY = "%(prefix)s || s.public_id"
_COUNT_WANTED = "SELECT COUNT(*)" + WANTED
_COUNT_REST = (
    _COUNT_WANTED
    + "AND NOT EXISTS (SELECT FROM mail_outgoingmail AS mail WHERE mail.dedupe_key = "
    + DEDUPE_KEY
    + ")"
)


def parameters(update: Update, *, now: datetime) -> dict[str, int | str | datetime]:
    """Return what `WANTED` and `DEDUPE_KEY` need."""
    letter = update.letter
    return {
        "letter": letter.pk,
        "topic": letter.topic,
        "update": update.pk,
        "prefix": f"{KIND}:{update.public_id}:",
        "recorded_since": now - timedelta(days=settings.KEEP_MAILS_DAYS),
    }


def count(update: Update, *, now: datetime) -> int:
    """Return how many people would get an update now: not those who have got it already."""
    went_out_before = update.mailings.filter(started_at__isnull=False).exists()
    with connection.cursor() as cursor:
        query = _COUNT_REST if went_out_before else _COUNT_WANTED
        cursor.execute(query, parameters(update, now=now))
        (number,) = cursor.fetchone()
    return int(number)
