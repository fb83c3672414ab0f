"""What the tests are told about plans is what PostgreSQL does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.utils import timezone

from openletter.lib.db.statements import row_of
from openletter.mail.models import SentInMinute, SuppressedAddress
from tests.plans import FEW_ROWS, Plans, analyze, begin_anew, buffers, reads_whole

FILL = """
INSERT INTO mail_suppressedaddress (email_key, topic, reason, at)
SELECT decode(md5(random()::text), 'hex'), '', 'stop', now() FROM generate_series(1, %s)
"""
ONE = "SELECT 1 FROM mail_suppressedaddress WHERE email_key = %s AND topic = ''"
MANY = 100


@pytest.fixture
def plans(db: None) -> Iterator[Plans]:
    begin_anew()
    with Plans() as plans:
        yield plans


def fill(number: int = 20_000) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FILL, [number])


def test_a_table_that_is_read_whole_is_found(plans: Plans) -> None:
    fill()
    found = plans.of(lambda: list(SuppressedAddress.objects.filter(reason="bounce")))
    assert "mail_suppressedaddress" in reads_whole(found)[0]
    assert buffers(found) > MANY


@pytest.mark.parametrize("is_known", [True, False])
def test_what_goes_by_an_index_is_not(plans: Plans, is_known: bool) -> None:
    fill()
    if is_known:
        analyze()
    found = plans.of(lambda: (row_of(ONE, [b"1"]), SuppressedAddress.objects.filter(pk=1).first()))
    assert (reads_whole(found), len(found)) == ([], 2)
    assert buffers(found) < MANY


def test_an_index_that_is_read_whole_is_found_unless_its_order_is_all_that_is_asked(
    plans: Plans,
) -> None:
    fill()
    rows = SuppressedAddress.objects.order_by("email_key", "topic").values_list("email_key")
    assert reads_whole(plans.of(lambda: list(rows[:10]))) == []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
    assert "one_suppression" in reads_whole(plans.of(lambda: list(rows)))[0]


def test_a_plan_that_was_made_while_there_was_little_is_kept(plans: Plans) -> None:
    """As PostgreSQL does until the next ANALYZE."""
    # Sessions of the site take an index wherever there is one; here it is about those that do not.
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = on")
    fill(2 * FEW_ROWS)
    analyze()
    assert reads_whole(plans.of(lambda: row_of(ONE, [b"1"]))) != []
    fill()
    kept = plans.of(lambda: row_of(ONE, [b"1"]))
    assert (reads_whole(kept) != [], buffers(kept) > MANY) == (True, True)
    analyze()
    assert reads_whole(plans.of(lambda: row_of(ONE, [b"1"]))) == []


def test_each_statement_is_done_once_and_not_by_looking(plans: Plans) -> None:
    minute = timezone.now()
    statement = "INSERT INTO mail_sentinminute VALUES (%(minute)s, %(number)s) RETURNING number"
    found = plans.of(lambda: row_of(statement, {"number": 1, "minute": minute}))
    found += plans.of(lambda: SentInMinute.objects.update(number=2))
    assert [plan.statement.split()[0] for plan in found] == ["INSERT", "UPDATE"]
    assert list(SentInMinute.objects.values_list("minute", "number")) == [(minute, 2)]
