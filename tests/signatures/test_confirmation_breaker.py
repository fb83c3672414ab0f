"""T05: a letter that hardly anybody confirms is slowed, by what left and never by what waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from openletter.alarms import flows as alarms
from openletter.alarms.models import Alarm
from openletter.letters.models import Letter
from openletter.mail.models import OutgoingMail, Throttle
from openletter.operations import delivery_acts
from openletter.signatures.abuse import confirmation_breaker
from openletter.signatures.models import Signature
from tests.factories import make_letter, make_signature, make_staff
from tests.mail.outgoing import outgoing

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
MINUTE = timedelta(minutes=1)


def asked(letter: Letter, number: int, *, confirmed: int = 0, **fields: Any) -> None:
    """Attempts whose confirmation mail left an hour ago, the first of which were confirmed."""
    hour_ago = timezone.now() - timedelta(hours=1)
    one = make_signature(letter)
    one.delete()
    begin = Signature.objects.count()
    attempts = Signature.objects.bulk_create(
        Signature(
            letter=letter,
            translation=one.translation,
            language="en",
            name="S",
            email="x@example.org",
            email_key=n.to_bytes(2, "big") * 16,
            email_domain="example.org",
            consent="2026-11",
            created_at=hour_ago,
            asked_at=hour_ago,
            confirmed_at=hour_ago if n < begin + confirmed else None,
        )
        for n in range(begin, begin + number)
    )
    about_letter = {"topic": letter.topic, "sent_at": hour_ago, "first_due_at": hour_ago, **fields}
    OutgoingMail.objects.bulk_create(
        outgoing(about=attempt.public_id, **about_letter) for attempt in attempts
    )


def throttled(now: datetime | None = None) -> bool:
    confirmation_breaker.watch(now=now or timezone.now())
    return Throttle.objects.exists()


def test_a_letter_that_hardly_anybody_confirms_is_slowed_and_an_alarm_raised_once(
    letter: Letter,
) -> None:
    asked(letter, confirmation_breaker.LOOKS_AT, confirmed=49)
    assert throttled()
    assert throttled()
    throttle = Throttle.objects.get()
    assert (throttle.key, throttle.per_minute, throttle.cause) == (letter.topic, 60, "unconfirmed")
    assert Alarm.objects.count() == 1


def test_a_letter_that_a_tenth_confirms_is_left_alone(letter: Letter) -> None:
    asked(letter, confirmation_breaker.LOOKS_AT, confirmed=50)
    assert not throttled()


@pytest.mark.parametrize(
    "fields",
    [
        lambda: {"state": "due", "sent_at": None},
        lambda: {"sent_at": timezone.now() - 29 * MINUTE},
        lambda: {"sent_at": timezone.now() - timedelta(days=2, hours=1)},
        lambda: {"kind": "signatures.reminder"},
    ],
    ids=["not yet", "just now", "long ago", "another kind"],
)
def test_only_mails_that_left_some_time_ago_count(
    letter: Letter, fields: Callable[[], dict[str, Any]]
) -> None:
    asked(letter, confirmation_breaker.LOOKS_AT, **fields())
    asked(letter, confirmation_breaker.LOOKS_AT - 1)
    assert not throttled()


def test_an_outage_of_an_hour_trips_nothing(letter: Letter) -> None:
    asked(letter, confirmation_breaker.LOOKS_AT, confirmed=400)
    asked(letter, confirmation_breaker.LOOKS_AT, state="due", sent_at=None)
    assert not throttled()
    OutgoingMail.objects.filter(state="due").update(state="sent", sent_at=timezone.now())
    assert not throttled()


def test_the_last_mails_decide(letter: Letter) -> None:
    long_ago = timezone.now() - timedelta(hours=2)
    asked(
        letter,
        confirmation_breaker.LOOKS_AT,
        confirmed=confirmation_breaker.LOOKS_AT,
        sent_at=long_ago,
    )
    assert not throttled()
    asked(letter, confirmation_breaker.LOOKS_AT, confirmed=49)
    assert throttled()


def test_each_letter_is_judged_by_its_own_mails(letter: Letter) -> None:
    asked(letter, confirmation_breaker.LOOKS_AT)
    asked(make_letter(slug="another"), confirmation_breaker.LOOKS_AT - 1)
    assert throttled()
    assert Throttle.objects.get().key == letter.topic


def test_there_is_no_throttle_without_its_alarm(
    letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_arguments: Any) -> None:
        raise RuntimeError("the worker is killed")

    asked(letter, confirmation_breaker.LOOKS_AT)
    with monkeypatch.context() as killed:
        killed.setattr(alarms, "raise_alarm", dies)
        with pytest.raises(RuntimeError):
            throttled()
    assert not Throttle.objects.exists()
    assert throttled()
    assert Alarm.objects.exists()


def test_a_letter_that_staff_let_go_on_is_judged_by_later_mails_only(letter: Letter) -> None:
    asked(letter, confirmation_breaker.LOOKS_AT)
    assert throttled()
    operator = make_staff()
    now = timezone.now()
    delivery_acts.let_go_on(
        key=letter.topic, actor_id=operator.pk, reason="They were real.", now=now
    )
    assert not throttled()
    OutgoingMail.objects.update(sent_at=now + MINUTE)
    assert throttled(now + timedelta(hours=1))
