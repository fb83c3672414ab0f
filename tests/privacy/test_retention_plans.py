"""A slice of what is deleted by itself finds what is due by an index, whatever was done before."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from openletter.letters.models import Letter
from openletter.signatures import retention
from openletter.signatures.models import FormSubmission, Signature
from tests.factories import make_letter, make_signature
from tests.filling import fill, fill_published
from tests.plans import Plans, analyze, begin_anew, buffers

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
MANY = 6_000
SLICE = 20
# To find and lock twenty rows; all of them would be thousands.
MOST = 400
LONG_AGO = "now() - interval '400 days'"
DONE = {"email": "''", "email_domain": "''", "email_key": "''", "erased_at": "now()"}
FORMS = """
INSERT INTO signatures_formsubmission (reference, letter_id, email_domain, at, proof)
SELECT left(lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || md5(number::text), 32)
       ::uuid, %s, '', at, ''
FROM generate_series(1, 4000) AS number, LATERAL (
    SELECT now() - (number / 100) * interval '1 day' AS at
) AS time
"""
SUPPRESSED = """
INSERT INTO mail_suppressedaddress (email_key, topic, reason, at)
SELECT decode(md5(number::text), 'hex'), 'letter:0', 'stop', now()
FROM generate_series(1, 20000) AS number
"""


def reads_of_a_slice() -> tuple[dict[str, int], int]:
    """Do a slice; return what it did, and how much it read to find what it did."""
    done: dict[str, int] = {}

    def expire(now: datetime) -> None:
        found = retention.expire(now=now, limit=SLICE, dry_run=False)
        done.update({one.what: one.number for one in found if one.number})

    with Plans() as plans:
        found = plans.of(lambda: expire(timezone.now()))
    finding = [
        plan
        for plan in found
        if plan.statement.startswith("SELECT") or "suppressed" in plan.statement
    ]
    return done, buffers(finding)


def test_a_letter_that_is_nearly_done_costs_as_little_as_one_that_begins() -> None:
    begin_anew()
    live = make_signature(make_letter(slug="live"))
    fill_published(live, MANY)
    letter = make_letter(slug="outlived")
    like = make_signature(letter, asked_at=timezone.now(), state="expired")
    withdrawn = {"state": "'withdrawn'", "confirmed_at": LONG_AGO}
    fill_published(like, MANY, **DONE)
    fill(like, MANY, **withdrawn, **DONE)
    fill_published(like, 15)
    fill(like, 15, **withdrawn)
    with connection.cursor() as cursor:
        cursor.execute(SUPPRESSED)
    closes_at = timezone.now() - timedelta(days=400)
    Letter.objects.filter(pk=letter.pk).update(state="closed", closes_at=closes_at)
    what = "signatures on letters that closed long ago"
    done, read = reads_of_a_slice()
    assert (done, read < MOST) == ({what: SLICE}, True), read
    done, read = reads_of_a_slice()
    assert (done, read < MOST) == ({what: 11}, True), read
    assert Signature.objects.filter(letter=letter).exclude(email_key=b"").count() == 0
    assert Signature.objects.exclude(email_key=b"").count() == MANY + 1


@pytest.mark.parametrize("is_known", [True, False])
def test_attempts_and_forms_that_are_old_are_found_among_those_that_are_not(
    is_known: bool,
) -> None:
    begin_anew()
    like = make_signature(make_letter())
    fill_published(like, MANY, asked_at=LONG_AGO)
    fill(like, MANY)
    fill(like, 15, asked_at=LONG_AGO)
    fill(like, 15, asked_at=LONG_AGO, state="'expired'")
    with connection.cursor() as cursor:
        cursor.execute(FORMS, [like.letter_id])
    if is_known:
        analyze()
    done, read = reads_of_a_slice()
    assert done == {
        "attempts that nobody confirmed": SLICE,
        "networks that forms came from": SLICE,
    }
    assert read < MOST
    assert FormSubmission.objects.count() == 4000 - SLICE
