"""Tell those whom a sweep removed, a batch at a time; first there is time to undo it.

Only people who confirmed are swept, so every address is proven. They are copied as they are stored,
and the mails leave at the pace of all mail to many, and pause with the other mails of their letter.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.template.loader import render_to_string
from django.utils import translation

from openletter.lib.db import clock
from openletter.lib.ids import UUID7_IN_SQL
from openletter.mail.models import Lane
from openletter.moderation import given_reasons
from openletter.signatures.mails import removed
from openletter.signatures.models import Signature
from openletter.signatures.removal_notices import DELAY, RESTORED
from openletter.sweeps.models import Sweep, Swept

KIND = "sweeps.removed"

_COLUMNS = """
    id, kind, dedupe_key, recipient, recipient_key, recipient_domain, language, lane,
    about, topic, batch, state, first_due_at, due_at, attempts, error
"""
_SWEPT = """
    FROM sweeps_swept AS swept
    JOIN signatures_signature AS signature ON signature.id = swept.signature_id
"""
# Of what was erased since, nothing is left to write to.
_THESE = """
    WHERE swept.sweep_id = %(sweep)s AND swept.signature_id = ANY(%(keys)s)
        AND swept.outcome = %(outcome)s AND signature.confirmed_at IS NOT NULL
        AND signature.erased_at IS NULL
"""
_DEDUPE_KEY = "%(prefix)s || signature.public_id"
_OWE = f"""
INSERT INTO mail_outgoingmail ({_COLUMNS})
SELECT {UUID7_IN_SQL}, %(kind)s, {_DEDUPE_KEY}, signature.email, signature.email_key,
    signature.email_domain, signature.language, %(lane)s, signature.public_id, %(topic)s,
    %(batch)s, 'due', %(due)s, %(due)s, 0, ''
{_SWEPT} {_THESE}
    AND NOT EXISTS (
        SELECT FROM mail_suppressedaddress AS stop
        WHERE stop.email_key = signature.email_key AND stop.topic IN ('', %(topic)s)
    )
ON CONFLICT (dedupe_key) DO NOTHING
"""  # noqa: S608 - put together from the constants above
# What has left, or is in a worker's hands, cannot be taken back: then it is put right.
_TAKE_BACK = f"""
WITH told AS MATERIALIZED (
    SELECT mail.id, mail.state, mail.lease_until, signature.email, signature.email_key,
        signature.email_domain, signature.language, signature.public_id
    {_SWEPT} JOIN mail_outgoingmail AS mail ON mail.dedupe_key = {_DEDUPE_KEY}
    {_THESE}
    FOR UPDATE OF mail
), taken AS (
    UPDATE mail_outgoingmail AS mail SET state = 'dropped'
    FROM told WHERE mail.id = told.id AND told.state = 'due'
)
INSERT INTO mail_outgoingmail ({_COLUMNS})
SELECT {UUID7_IN_SQL}, %(restored)s, %(restored)s || ':' || told.public_id || ':' || told.id,
    told.email, told.email_key, told.email_domain, told.language, %(lane)s, told.public_id,
    %(topic)s, NULL, 'due', %(due)s, %(due)s, 0, ''
FROM told WHERE told.state = 'sent' OR told.state = 'due' AND told.lease_until >= %(now)s
ON CONFLICT (dedupe_key) DO NOTHING
"""  # noqa: S608 - put together from the constants above


def can_tell(to: str, reason: str) -> bool:
    """Say whether there is anything to tell, and anybody who would read it."""
    return to == Sweep.To.REMOVED and reason not in given_reasons.NOBODY_TO_TELL


def owe(sweep: Sweep, keys: Sequence[int]) -> None:
    """Owe the mails about what a batch removed, in its transaction."""
    if sweep.tells:
        _run(_OWE, sweep, keys, Swept.Outcome.DONE)


def take_back(sweep: Sweep, keys: Sequence[int]) -> None:
    """Let no mail leave about what is brought back, and say so to whom one has left."""
    if sweep.tells:
        _run(_TAKE_BACK, sweep, keys, Swept.Outcome.UNDONE)


def preview(signature: Signature) -> str:
    """Return the mail's words in the signer's language, without its links, which are theirs."""
    with translation.override(signature.language or None):
        return render_to_string("emails/swept/words.txt", removed.words(signature)).strip()


def _run(statement: str, sweep: Sweep, keys: Sequence[int], outcome: Swept.Outcome) -> None:
    now = clock.now()
    values: dict[str, Any] = {
        "sweep": sweep.pk,
        "keys": list(keys),
        "outcome": outcome.value,
        "kind": KIND,
        "restored": RESTORED,
        "prefix": f"{KIND}:{sweep.public_id}:",
        "lane": Lane.BULK.value,
        "topic": sweep.letter.topic,
        "batch": sweep.public_id,
        "now": now,
        "due": now + DELAY,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
