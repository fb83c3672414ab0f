"""Very many mails, made inside the database, as a site has them after a while."""

from __future__ import annotations

from django.db import connection

# Owed one second apart, the newest due just now; so many of them due, and of these every other one
# about a letter that is paused. The others left one after another, ten in a second.
_FILL = """
INSERT INTO mail_outgoingmail (
    id, kind, dedupe_key, recipient, recipient_key, recipient_domain, language, lane, about, topic,
    state, first_due_at, due_at, attempts, sent_at, error
)
SELECT gen_random_uuid(), 'signatures.confirm', 'filled:' || number, '',
    sha256(number::text::bytea), 'example.org', 'en', 'confirm', gen_random_uuid(),
    CASE WHEN number <= %(due)s AND number %% 2 = 0 THEN 'letter:paused'
        ELSE 'letter:' || number %% 3 END,
    CASE WHEN number <= %(due)s THEN 'due' ELSE 'sent' END,
    now() - INTERVAL '1 second' * number, now() - INTERVAL '1 second' * number, 0,
    CASE WHEN number <= %(due)s THEN NULL
        ELSE now() - INTERVAL '0.1 second' * (number - %(due)s) END, ''
FROM generate_series(%(first)s, %(number)s) AS number
"""


# What else grows beside them.
_BESIDE = (
    """
    INSERT INTO mail_suppressedaddress (email_key, topic, reason, at)
    SELECT sha256((-number)::text::bytea), 'letter:1', 'bounce', now()
    FROM generate_series(%(first)s, %(number)s) AS number
    """,
    """
    INSERT INTO mail_mailevent (provider, event_id, kind, mail_id, at)
    SELECT 'relay', number, 'hard_bounce', gen_random_uuid(), now() - INTERVAL '1 hour' * number
    FROM generate_series(%(first)s, %(number)s) AS number
    """,
    """
    INSERT INTO mail_domainpause (domain, until, strikes)
    SELECT number || '.example.org', now() - INTERVAL '1 hour', 1
    FROM generate_series(%(first)s, %(number)s) AS number
    """,
    """
    INSERT INTO mail_maildomain (domain, takes_mail, asked_at)
    SELECT number || '.example.org', TRUE, now() - INTERVAL '1 hour'
    FROM generate_series(%(first)s, %(number)s) AS number
    """,
)


def fill(number: int, *, due: int) -> None:
    """Make so many, beside those that were made before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM mail_suppressedaddress")
        first = cursor.fetchone()[0] + 1
        for statement in (_FILL, *_BESIDE):
            cursor.execute(statement, {"first": first, "number": number, "due": first + due})
