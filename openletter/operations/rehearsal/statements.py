"""What fills a letter inside the database. `n` counts from 1 in each statement."""

from __future__ import annotations

from django.db import connection

from openletter.mail.personal import ERASED
from openletter.mailings.recipients import DEDUPE_KEY
from openletter.operations.rehearsal import people
from openletter.signatures.models import Signature
from openletter.signatures.personal import NOTHING

_AT = "%(began)s::timestamptz + %(step)s::interval * n"
_CONFIRMED_AT = f"{_AT} + INTERVAL '30 seconds'"


def _uuid7(at: str, seed: str) -> str:
    """Return SQL for a UUID of a time, as `lib/ids.py` makes them."""
    time = f"lpad(to_hex((extract(epoch FROM {at}) * 1000)::bigint), 12, '0')"
    chance = f"md5(%(series)s || {seed})"
    return f"({time} || '7' || substr({chance}, 1, 3) || '8' || substr({chance}, 4, 15))::uuid"


_OF_ALL = {
    **people.COLUMNS,
    "public_id": _uuid7(_AT, "n"),
    "letter_id": "%(letter)s",
    "translation_id": "%(text)s",
    "language": "%(language)s",
    "email": "%(email)s",
    "email_key": "sha256(convert_to(%(series)s || n, 'UTF8'))",
    "email_domain": "'d' || (hashint8extended(n, 99) & 1048575) %% 5000 || '.example.org'",
    "consent": "%(consent)s",
    "state": "%(state)s",
    "created_at": _AT,
    "asked_at": _AT,
}
_IN_STATE: dict[str, dict[str, str]] = {
    Signature.State.PENDING: {},
    Signature.State.HELD: {"confirmed_at": _CONFIRMED_AT, "held_because": "'moderator'"},
    Signature.State.PUBLISHED: {
        "confirmed_at": _CONFIRMED_AT,
        "ledger_index": "%(first)s - 1 + n",
    },
}


def signatures(state: str) -> tuple[str, dict[str, object]]:
    """Return what adds signatures in a state, and the values of what the state leaves alone.

    Fields that are added later come along with their defaults.
    """
    columns = {**_OF_ALL, **_IN_STATE[state]}
    defaults: dict[str, object] = {}
    for field in Signature._meta.concrete_fields:
        column = str(field.column)
        if not field.primary_key and column not in columns:
            default = field.get_db_prep_save(field.get_default(), connection)
            columns[column] = f"%(default_{column})s::{field.db_type(connection)}"
            defaults[f"default_{column}"] = default
    values = ", ".join(columns.values())
    statement = (
        f"INSERT INTO signatures_signature ({', '.join(columns)})"  # noqa: S608 - columns of ours
        f" SELECT {values} FROM generate_series(1, %(number)s::bigint) AS n ORDER BY n"
    )
    return statement, {**people.PARAMETERS, **defaults}


LEDGER = """
INSERT INTO ledger_ledgerentry (letter_id, index, kind, signature_id, at, count)
SELECT letter_id, ledger_index, 'signed', id, confirmed_at,
       %(counted)s + row_number() OVER (ORDER BY ledger_index)
FROM signatures_signature WHERE letter_id = %(letter)s AND ledger_index >= %(first)s
ORDER BY ledger_index
"""
# Every other one goes on counting without a name, as its owner may choose.
_NOTHING = ", ".join(f"{column} = %(nothing_{column})s" for column in NOTHING)
_ERASE = f"""
UPDATE signatures_signature SET {_NOTHING}, erased_at = %(now)s, generation = generation + 1,
    state = CASE WHEN ledger_index %% 2 = 0 THEN 'published' ELSE 'withdrawn' END
WHERE letter_id = %(letter)s AND state = 'published' AND ledger_index %% %(every)s IN (0, 1)
"""  # noqa: S608 - columns of ours
WITHDRAWN = """
INSERT INTO ledger_ledgerentry (letter_id, index, kind, signature_id, at, count)
SELECT letter_id, %(first)s - 1 + row_number() OVER in_turn, 'withdrawn', id, erased_at,
       %(counted)s - row_number() OVER in_turn
FROM signatures_signature WHERE letter_id = %(letter)s AND state = 'withdrawn'
WINDOW in_turn AS (ORDER BY ledger_index) ORDER BY ledger_index
"""
TALLY = """
UPDATE ledger_tally AS tally SET
    next_index = (SELECT count(*) FROM ledger_ledgerentry WHERE letter_id = %(letter)s),
    people = found.people, organisations = found.organisations
FROM (
    SELECT count(*) FILTER (WHERE kind = 'person') AS people,
           count(*) FILTER (WHERE kind = 'organisation') AS organisations
    FROM signatures_signature WHERE letter_id = %(letter)s AND state = 'published'
) AS found WHERE letter_id = %(letter)s
"""


def erase() -> tuple[str, dict[str, object]]:
    """Return what takes everything personal from some who count, and the values of that."""
    return _ERASE, {f"nothing_{column}": value for column, value in NOTHING.items()}


_MAIL = """
INSERT INTO mail_outgoingmail (id, kind, dedupe_key, recipient, recipient_key, recipient_domain,
    language, lane, about, topic, batch, state, first_due_at, due_at, sent_at, attempts, error)
"""
_ERROR = f"CASE WHEN s.erased_at IS NULL THEN '' ELSE '{ERASED}' END"


def _mail_about_each(kind: str, at: str) -> str:
    """Return what adds a mail of a kind about each whose `at` is not null, and that was sent."""
    return f"""{_MAIL}
SELECT {_uuid7(at, f"'{kind}' || s.id")}, '{kind}', '{kind}:' || s.public_id || ':0', s.email,
    s.email_key, s.email_domain, s.language, 'confirm', s.public_id, %(topic)s, NULL::uuid, 'sent',
    {at}, {at}, {at}, 1, {_ERROR}
FROM signatures_signature AS s
WHERE s.letter_id = %(letter)s AND s.id > %(last)s AND {at} IS NOT NULL ORDER BY s.id
"""  # noqa: S608 - put together from what is written here


MAILS = (
    _mail_about_each("signatures.confirm", "s.asked_at"),
    _mail_about_each("signatures.receipt", "s.confirmed_at"),
)
# Sent at two hundred in a second.
_SENT_AT = "%(now)s::timestamptz + INTERVAL '5 ms' * row_number() OVER (ORDER BY s.id)"
NEWS = f"""{_MAIL}
SELECT {_uuid7("at", "%(batch)s::text || id")}, %(kind)s, dedupe_key, email, email_key,
    email_domain, language, 'bulk', public_id, %(topic)s, %(batch)s, 'sent', at, at, at, 1, ''
FROM (
    SELECT s.*, {_SENT_AT} AS at, {DEDUPE_KEY} AS dedupe_key
    FROM signatures_signature AS s
    WHERE s.letter_id = %(letter)s AND s.state = 'published' AND s.wants_updates
    ORDER BY s.id LIMIT %(most)s
) AS s ORDER BY s.id
"""  # noqa: S608 - put together from the constants above

_DUE = "state = 'due', sent_at = NULL, attempts = 0, due_at = %(now)s, first_due_at = %(now)s"
# A crowd signs just now: every tenth who has not confirmed waits for the mail.
DUE = f"""
UPDATE mail_outgoingmail AS mail SET {_DUE}
FROM signatures_signature AS s
WHERE s.letter_id = %(letter)s AND s.state = 'pending' AND s.asked_at > %(crowd_since)s
    AND mail.about = s.public_id AND mail.lane = 'confirm'
"""  # noqa: S608 - put together from the constants above
NEWS_DUE = f"""
UPDATE mail_outgoingmail SET {_DUE}
WHERE batch = %(batch)s AND (hashtext(dedupe_key) & 255) < 256 * %(share)s
"""  # noqa: S608 - put together from the constants above
FAILED = """
UPDATE mail_outgoingmail AS mail SET
    state = found.state, tried_at = first_due_at, error = found.error,
    sent_at = CASE WHEN found.state = 'complained' THEN sent_at END,
    attempts = CASE WHEN found.state = 'parked' THEN 8 ELSE 1 END
FROM (VALUES (0, 'bounced', '550 no such user'), (1, 'bounced', '550 no such user'),
    (2, 'complained', ''), (3, 'parked', '451 try again later'), (4, 'dropped', ''))
    AS found (number, state, error)
WHERE mail.topic = %(topic)s AND mail.state = 'sent' AND mail.recipient <> ''
    AND (hashtext(mail.dedupe_key) & 255) = found.number
"""
