"""Statements that are planned once, and rows that are read and inserted by them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from openletter.letters.models import Letter
from openletter.lib.db import rows, statements
from openletter.lib.db.postgresql.connection import Connection
from openletter.lib.db.rows import New
from openletter.lib.db.statements import (
    MOST_CHARACTERS,
    MOST_PARAMETERS,
    only_row_of,
    row_of,
    short,
)
from openletter.lib.ids import uuid7
from openletter.signatures.models import Signature
from tests.factories import make_letter, make_signature
from tests.plans import analyze, begin_anew
from tests.steps import link, press

pytestmark = pytest.mark.django_db
ASK = "SELECT upper(%s::text), %s::int + 1"


def planned(statement: str) -> int:
    """Return how often PostgreSQL keeps a plan for a statement that begins like this."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s",
            [f"{statement[:12]}%"],
        )
        return int(cursor.fetchone()[0])


FIND = "SELECT 1 FROM mail_suppressedaddress WHERE email_key = %s AND topic = ''"
FILL = """
INSERT INTO mail_suppressedaddress (email_key, topic, reason, at)
SELECT sha256(random()::text::bytea), '', 'stop', now() FROM generate_series(1, %s)
"""


def fill(number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FILL, [number])


def reads_all() -> bool:
    """Say whether to find one row PostgreSQL reads the whole table."""
    counted = "SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relname = %s"
    (before,) = only_row_of(counted, ["mail_suppressedaddress"])
    row_of(FIND, [b"nobody"])
    (after,) = only_row_of(counted, ["mail_suppressedaddress"])
    return bool(after > before)


def test_a_plan_that_was_made_while_there_was_little_lasts_some_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And not until the next ANALYZE, before which a crowd may come."""
    # Sessions of the site take an index wherever there is one; here it is about those that do not.
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = on")
    monkeypatch.setattr(statements, "PLANS_LAST", 3600.0)
    row_of(FIND, [b"nobody"])
    begin_anew()
    fill(100)
    analyze()
    assert all(reads_all() for _ in range(10))
    fill(20_000)
    assert reads_all()
    monkeypatch.setattr(statements, "PLANS_LAST", 0.0)
    assert not reads_all()


def test_a_connection_that_has_just_begun_has_no_plans_to_forget(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[object] = []
    execute = Connection.execute

    def note(self: Connection, query: Any, *rest: Any, **options: Any) -> Any:
        said.append(query)
        return execute(self, query, *rest, **options)

    def ask_anew() -> object:
        try:
            connection.ensure_connection()
            monkeypatch.setattr(Connection, "execute", note)
            return row_of("SELECT 1", [])
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(ask_anew).result() == (1,)
    assert said == []


def test_a_statement_that_comes_often_is_planned_once() -> None:
    for number in range(10):
        assert row_of(ASK, [f"it's {number}", number]) == (f"IT'S {number}", number + 1)
    assert planned(ASK) == 1


def test_the_log_of_queries_shows_it_like_any_other() -> None:
    with CaptureQueriesContext(connection) as queries:
        row_of(ASK, ["x", 1])
    assert queries[0]["sql"] == "SELECT upper('x'::text), 1::int + 1"


def test_what_the_database_refuses_is_an_error_of_django() -> None:
    signature = make_signature()
    again = Signature.objects.get(pk=signature.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.insert(New(again))
    assert Signature.objects.count() == 1


def test_a_statement_that_must_return_a_row_says_when_there_is_none() -> None:
    assert row_of("SELECT 1 WHERE %s", [False]) is None
    with pytest.raises(LookupError):
        only_row_of("SELECT 1 WHERE %s", [False])


def test_a_row_is_found_as_the_models_themselves_would_find_it() -> None:
    signature = make_signature(email="suzie@example.org", flags=["burst"])
    found = rows.find(Signature, "public_id", signature.public_id)
    usual = Signature.objects.get(pk=signature.pk)
    assert found is not None
    for field in Signature._meta.concrete_fields:
        assert getattr(found, field.attname) == getattr(usual, field.attname), field
    assert (found.email, found.flags) == ("suzie@example.org", ["burst"])
    found.name = "Sue"
    found.save(update_fields=["name"])
    assert Signature.objects.get().name == "Sue"


def test_a_row_that_is_not_there_is_none_and_one_may_bring_something_along() -> None:
    assert rows.find(Letter, "slug", "no-letter") is None
    letter = make_letter()
    found = rows.find(Letter, "slug", letter.slug, also=("twice", "id * 2"))
    assert getattr(found, "twice", None) == letter.pk * 2


def test_a_row_brings_the_one_that_it_belongs_to_in_the_same_statement() -> None:
    signature = make_signature()
    ids = [signature.public_id]
    with CaptureQueriesContext(connection) as queries:
        found = rows.find(
            Signature, "public_id", ids[0], together_with="letter", also=("twice", "2 * 21")
        )
        assert found is not None
        assert (found.letter, found.letter.slug) == (signature.letter, signature.letter.slug)
    assert (len(queries), getattr(found.letter, "twice", None)) == (1, 42)


def test_several_rows_are_inserted_by_one_statement_each_if_it_is_wanted() -> None:
    signature = make_signature()
    new = [make_signature_like(signature), make_signature_like(signature)]
    with CaptureQueriesContext(connection) as queries:
        key = rows.insert(New(new[0], wanted=False), New(new[1]))
    assert len(queries) == 1
    stored = Signature.objects.exclude(pk=signature.pk).get()
    assert (stored.pk, stored.public_id) == (key, new[1].public_id)
    assert rows.insert(New(new[0], wanted=False)) is None


def make_signature_like(signature: Signature) -> Signature:
    copied = Signature.objects.get(pk=signature.pk)
    copied.pk, copied.public_id = None, uuid7()
    return copied


def test_comments_and_indentation_stay_here() -> None:
    text = """
    SELECT 1,  -- why one
        -- and why two
        2
    """
    assert short(text).split() == ["SELECT", "1,", "2"]


def test_psycopg_keeps_every_statement_with_which_one_signs_and_confirms(sign: Any) -> None:
    """What is longer, or has more parameters, it takes apart anew each time."""
    sent: list[tuple[int, int]] = []

    def noted(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append((len(sql), len(params or ())))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(noted):
        sign()
        press(link(Signature.objects.get()))
    assert Signature.objects.get().state == "published"
    assert max(length for length, _number in sent) <= MOST_CHARACTERS
    assert max(number for _length, number in sent) <= MOST_PARAMETERS
