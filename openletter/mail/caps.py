"""How much unverified mail one address may get, whoever asks for it (T04).

Counted in the rows themselves, so that no cache outage opens it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

from openletter.mails import UNVERIFIED

APART = timedelta(minutes=3)
PER_DAY_AND_TOPIC = 3
EVER_PER_TOPIC = 5
PER_DAY = 6
PER_MONTH = 20

_COUNT = """
SELECT COUNT(*) FILTER (WHERE topic = %(topic)s),
       COUNT(*) FILTER (WHERE topic = %(topic)s AND first_due_at > %(day_ago)s),
       COUNT(*) FILTER (WHERE first_due_at > %(day_ago)s),
       COUNT(*) FILTER (WHERE first_due_at > %(month_ago)s),
       MAX(first_due_at)
FROM mail_outgoingmail WHERE recipient_key = %(key)s AND kind = ANY(%(kinds)s)
"""


def next_allowed(*, recipient_key: bytes, topic: str, now: datetime) -> datetime | None:
    """Return when one more unverified mail may leave to an address, or None when none may.

    The caller serialises what it does for one address, or two requests may both find room.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNT,
            {
                "topic": topic,
                "key": recipient_key,
                "kinds": list(UNVERIFIED),
                "day_ago": now - timedelta(days=1),
                "month_ago": now - timedelta(days=30),
            },
        )
        ever, today_on_topic, today, this_month, latest = cursor.fetchone()
    if ever >= EVER_PER_TOPIC or today_on_topic >= PER_DAY_AND_TOPIC:
        return None
    if today >= PER_DAY or this_month >= PER_MONTH:
        return None
    return now if latest is None else max(now, latest + APART)
