"""Quotas of a minute and a day: shared by all workers, spent by mails."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from openletter.lib.ids import uuid7
from openletter.mail.limits import quotas, throttles
from openletter.mail.models import Lane, OutgoingMail, SentInMinute, SuppressedAddress, Throttle
from openletter.mail.outbox import claims, delivery, suppression
from tests.factories import make_letter, make_signature
from tests.mail.outgoing import claim_at
from tests.mail.steering_steps import NOW, claimed, owe_in
from tests.mail.steps import owe, states

pytestmark = pytest.mark.django_db


def spent() -> int:
    return sum(SentInMinute.objects.values_list("number", flat=True))


def test_a_budget_per_minute_is_shared_by_all_claims(settings: Any) -> None:
    settings.MAILS_PER_MINUTE = 5
    owe_in(Lane.CONFIRM, 8)
    assert [claimed(), claimed()] == [5, 0]
    assert len(claim_at(Lane.CONFIRM, NOW + timedelta(minutes=1))) == 3


def test_a_budget_per_day_holds_over_the_minutes(settings: Any) -> None:
    settings.MAILS_PER_DAY = 5
    SentInMinute.objects.create(minute=NOW - timedelta(hours=20), number=3)
    SentInMinute.objects.create(minute=NOW - timedelta(hours=30), number=100)
    owe_in(Lane.CONFIRM, 4)
    assert claimed() == 2


def test_bulk_leaves_the_budget_to_those_who_wait(settings: Any) -> None:
    settings.MAILS_PER_MINUTE = 5
    owe_in(Lane.CONFIRM, 3)
    owe_in(Lane.BULK, 5)
    assert claimed(Lane.BULK) == 2
    assert claimed(Lane.CONFIRM) == 3


@pytest.mark.parametrize("quota", ["MAILS_PER_MINUTE", "MAILS_PER_DAY"])
def test_bulk_leaves_a_quarter_of_a_budget_to_those_who_will_wait(
    quota: str, settings: Any
) -> None:
    setattr(settings, quota, 8)
    owe_in(Lane.BULK, 10)
    assert claimed(Lane.BULK) == 6
    owe_in(Lane.CONFIRM, 3)
    assert claimed(Lane.CONFIRM) == 2


def test_confirmations_may_spend_a_budget_to_its_end(settings: Any) -> None:
    settings.MAILS_PER_DAY = 8
    owe_in(Lane.CONFIRM, 10)
    assert claimed(Lane.CONFIRM) == 8


def test_confirmations_that_are_held_back_do_not_starve_bulk(settings: Any) -> None:
    settings.MAILS_PER_MINUTE = 8
    paused, slowed = make_letter(slug="paused"), make_letter(slug="slowed")
    throttles.pause(paused.topic, cause=Throttle.Cause.BOUNCES, now=NOW)
    throttles.slow(slowed.topic, per_minute=3, cause=Throttle.Cause.UNCONFIRMED, now=NOW)
    owe_in(Lane.CONFIRM, 5, topic=paused.topic)
    owe_in(Lane.CONFIRM, 5, topic=slowed.topic)
    owe_in(Lane.BULK, 10, topic="letter:0")
    assert claimed(Lane.BULK) == 5  # three of the slowed letter may leave


def test_without_a_budget_nothing_is_counted() -> None:
    owe_in(Lane.CONFIRM, 3)
    assert claimed() == 3
    assert not SentInMinute.objects.exists()
    assert not quotas.is_limited()


# --- What did not leave is given back -----------------------------------------------------------


def test_f09_a_relay_that_is_away_spends_no_quota(mailbox: Path, settings: Any) -> None:
    settings.MAILS_PER_DAY = 100
    settings.EMAIL_PORT = 1
    for _ in range(3):
        owe()
    for _ in range(4):
        delivery.deliver_due("confirm")
    assert spent() == 0


def test_only_what_met_the_relay_is_spent(mailbox: Path, settings: Any) -> None:
    settings.MAILS_PER_DAY = 100
    stopped = make_signature()
    suppression.suppress(
        email_key=bytes(stopped.email_key),
        topic=suppression.EVERYTHING,
        reason=SuppressedAddress.Reason.STOP,
        now=timezone.now(),
    )
    owe(stopped)
    owe(about=uuid7())  # there is nothing to say any more
    owe()
    assert delivery.deliver_due("confirm") == 1
    assert states() == ["dropped", "dropped", "sent"]
    assert spent() == 1


def test_a_mail_that_somebody_else_took_over_is_not_given_back() -> None:
    owe()
    now = timezone.now()
    first = claim_at("confirm", now)
    later = now + claims.LEASE + timedelta(seconds=1)
    assert len(claim_at("confirm", later)) == 1
    claims.release(first, claimed_at=now, unspent=1)
    assert OutgoingMail.objects.get().lease_until == later + claims.LEASE
