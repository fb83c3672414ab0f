"""How much mail one address may get that it did not ask for itself, whoever asks for it (T04).

Counted in the rows themselves, so that no cache outage opens it: when a mail is owed, and how far
apart they leave once more when it is sent, because mails that had to wait all become due together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from openletter.lib.db.statements import Row, only_row_of
from openletter.lib.people.addresses import Recipient
from openletter.mail.models import OutgoingMail
from openletter.mail_kinds import ACCOUNT, CLAIMS, ON_REQUEST, UNVERIFIED


@dataclass(frozen=True)
class RecipientLimit:
    """What one address gets of some kinds of mail together."""

    kinds: tuple[str, ...]
    apart: timedelta
    waits: bool  # whether a mail that comes too soon leaves later, or not at all
    per_day_and_topic: int
    ever_per_topic: int
    per_day: int
    per_month: int

    @property
    def minutes_apart(self) -> int:
        return self.apart // timedelta(minutes=1)


# "Ever" is as long as mail rows are kept (KEEP_MAILS_DAYS).
FOR_UNVERIFIED = RecipientLimit(
    kinds=UNVERIFIED,
    apart=timedelta(minutes=3),
    waits=True,
    per_day_and_topic=3,
    ever_per_topic=5,
    per_day=6,
    per_month=20,
)
# Whoever signed may want the link again and again, and anybody can ask for it in their place.
FOR_ON_REQUEST = RecipientLimit(
    kinds=ON_REQUEST,
    apart=timedelta(hours=1),
    waits=False,
    per_day_and_topic=3,
    ever_per_topic=60,
    per_day=6,
    per_month=20,
)
# By itself: else whoever claims names with a stranger's address keeps them from signing.
FOR_CLAIMS = RecipientLimit(
    kinds=CLAIMS,
    apart=timedelta(minutes=3),
    waits=True,
    per_day_and_topic=3,
    ever_per_topic=10,
    per_day=6,
    per_month=20,
)
# By itself: else whoever signs letters with the address of staff would use up their way back in.
FOR_ACCOUNT = RecipientLimit(
    kinds=ACCOUNT,
    apart=timedelta(minutes=3),
    waits=True,
    per_day_and_topic=3,
    ever_per_topic=60,
    per_day=3,
    per_month=20,
)
LIMITS = {
    kind: limit
    for limit in (FOR_UNVERIFIED, FOR_ON_REQUEST, FOR_CLAIMS, FOR_ACCOUNT)
    for kind in limit.kinds
}

# All mails to a mailbox keep their distance. What is tagged uses up no room of the plain address:
# else whoever knows an address and sends three forms with tags of their own keeps it from signing.
COUNT = """
SELECT COUNT(*) FILTER (WHERE uses_room AND topic = %(topic)s),
       COUNT(*) FILTER (WHERE uses_room AND topic = %(topic)s AND first_due_at > %(day_ago)s),
       COUNT(*) FILTER (WHERE uses_room AND first_due_at > %(day_ago)s),
       COUNT(*) FILTER (WHERE uses_room AND first_due_at > %(month_ago)s),
       MAX(first_due_at)
FROM (
    SELECT topic, first_due_at, %(is_tagged)s OR mailbox_key IS NULL AS uses_room
    FROM mail_outgoingmail
    WHERE (recipient_key = %(key)s OR mailbox_key = %(key)s) AND kind = ANY(%(kinds)s)
) AS mail
"""


def next_allowed(
    kind: str, recipient: Recipient, *, topic: str, now: datetime, not_before: datetime
) -> datetime | None:
    """Return when one more mail of a limited kind may leave to an address, or None when none may.

    Tags of the address are no way around. The caller serialises what it does for one mailbox, or
    two requests may both find room.
    """
    found = only_row_of(COUNT, parameters(kind, recipient, topic=topic, now=now))
    return earliest(kind, found, not_before=not_before)


def parameters(kind: str, recipient: Recipient, *, topic: str, now: datetime) -> dict[str, object]:
    """Return what `COUNT` takes, by name."""
    return {
        "topic": topic,
        "key": recipient.mailbox_key,
        "is_tagged": recipient.is_tagged,
        "kinds": list(LIMITS[kind].kinds),
        "day_ago": now - timedelta(days=1),
        "month_ago": now - timedelta(days=30),
    }


def earliest(kind: str, found: Row, *, not_before: datetime) -> datetime | None:
    """Return what `next_allowed` does, from the row that `COUNT` found."""
    limit = LIMITS[kind]
    ever, today_on_topic, today, this_month, latest = found
    if ever >= limit.ever_per_topic or today_on_topic >= limit.per_day_and_topic:
        return None
    if today >= limit.per_day or this_month >= limit.per_month:
        return None
    due_at = max(not_before, latest + limit.apart) if latest else not_before
    return due_at if limit.waits or due_at <= not_before else None


def too_soon(mails: Iterable[OutgoingMail], *, now: datetime) -> dict[UUID, datetime]:
    """Return which claimed mails would follow another one to the same address too closely (I6).

    And when each may leave: three minutes after the other did, or after now if it is on its way.
    Asked after the claim is committed: of two workers with a mail each, at least one sees the
    other's.
    """
    ours = [mail for mail in mails if mail.kind in FOR_UNVERIFIED.kinds]
    lately = Q(sent_at__gt=now - FOR_UNVERIFIED.apart)
    in_hand = Q(state=OutgoingMail.State.DUE, lease_until__gt=now)
    mailboxes = {mail.mailbox for mail in ours}
    others = OutgoingMail.objects.filter(
        lately | in_hand,
        Q(recipient_key__in=mailboxes) | Q(mailbox_key__in=mailboxes),
        kind__in=FOR_UNVERIFIED.kinds,
    ).exclude(pk__in=[mail.pk for mail in ours])
    left_at: dict[bytes, datetime] = {}
    for other in others.only("recipient_key", "mailbox_key", "sent_at") if ours else ():
        key, at = other.mailbox, other.sent_at or now
        left_at[key] = max(at, left_at.get(key, at))
    early = {}
    for mail in ours:
        key = mail.mailbox
        if key in left_at:
            early[mail.pk] = left_at[key] + FOR_UNVERIFIED.apart
        else:
            left_at[key] = now
    return early
