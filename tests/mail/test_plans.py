"""What the outbox asks costs the same however many mails there are, known to the planner or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from openletter.lib.admin import paginators
from openletter.mail import personal
from openletter.mail.limits import recipient_limits, streams, throttles
from openletter.mail.limits.domain_backoff import Domains
from openletter.mail.models import Lane, OutgoingMail, Throttle
from openletter.mail.monitoring import failure_alarms, reputation, statistics
from openletter.mail.outbox import claims, delivery, suppression, wait_estimate
from openletter.mail.transport import smtp_replies
from openletter.operations import delivery_alarms
from tests.mail.filling import fill
from tests.plans import Plan, Plans, analyze, begin_anew, buffers, reads_whole

pytestmark = pytest.mark.django_db
FEW, MANY = 2_000, 20_000
PAUSED, SLOW = "letter:paused", "letter:1"


@pytest.fixture
def plans() -> Iterator[Plans]:
    """Plans of a site on which one letter is paused and one is slowed."""
    begin_anew()
    throttles.pause(PAUSED, cause=Throttle.Cause.BOUNCES, now=timezone.now())
    throttles.slow(SLOW, per_minute=5, cause=Throttle.Cause.UNCONFIRMED, now=timezone.now())
    with Plans() as plans:
        yield plans


def claim_bulk() -> None:
    claims.claim(Lane.BULK)


def estimate() -> None:
    wait_estimate.expected(Lane.CONFIRM, now=timezone.now())


def send() -> None:
    """Do of a batch what asks the database."""
    mails = claims.claim(Lane.CONFIRM)
    suppression.suppressed_among(mails)
    recipient_limits.too_soon(mails, now=timezone.now())
    Domains({mail.recipient_domain for mail in mails})
    now = timezone.now()
    streams.put_off("example.net", Lane.CONFIRM, streams.of(Lane.CONFIRM), now=now, until=now)
    delivery.record(OutgoingMail(attempts=0), smtp_replies.SENT, now=timezone.now())
    for mail in mails[:1]:
        delivery.record(mail, smtp_replies.SENT, now=timezone.now())
    claims.release(mails, claimed_at=timezone.now(), unspent=len(mails))


def expire() -> None:
    personal.expire(now=timezone.now() + timedelta(days=365), limit=100, dry_run=False)


def watch() -> None:
    now: datetime = timezone.now()
    reputation.watch(now=now)
    failure_alarms.watch(now=now)
    delivery_alarms._watch_queue(now)
    statistics.held_up_since(Lane.CONFIRM, now=now)


ACTS: dict[str, Callable[[], None]] = {
    act.__name__: act for act in (send, claim_bulk, estimate, expire, watch)
}


@pytest.mark.slow
@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("is_known", [True, False])
def test_it_costs_the_same_however_many_mails_there_are(
    name: str, is_known: bool, plans: Plans, settings: Any
) -> None:
    settings.MAILS_PER_DAY = 1_000_000
    plans.of(ACTS[name])
    few = looked_at(plans, ACTS[name], FEW, is_known=is_known)
    many = looked_at(plans, ACTS[name], MANY, is_known=is_known)
    assert reads_whole(many) == []
    # Of ten times as many. The trees of the indexes are a level higher, and few lie closer.
    assert buffers(many) < 3 * buffers(few) + 50, "\n".join(map(str, many))


def looked_at(plans: Plans, act: Callable[[], None], number: int, *, is_known: bool) -> list[Plan]:
    fill(number, due=number // 2)
    if is_known:
        analyze()
    return plans.of(act)


@pytest.mark.slow
@pytest.mark.parametrize("query", ["", *(f"state__exact={state}" for state in OutgoingMail.State)])
def test_a_page_of_the_list_reads_little(
    query: str, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paginators, "MOST_COUNTED", 150)
    begin_anew()
    fill(MANY, due=20)
    analyze()
    with Plans() as plans:
        found = plans.of(partial(desk.get, f"/admin/mail/outgoingmail/?{query}"))
    assert buffers(found) < 500, "\n".join(map(str, found))
