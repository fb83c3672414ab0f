"""F10: a domain that asks us to slow down, again and again, is left in peace for longer."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from openletter.mail.limits import domain_backoff, streams
from openletter.mail.limits.domain_backoff import Domains
from openletter.mail.models import DomainPause, OutgoingMail
from openletter.mail.outbox import claims, delivery
from openletter.mail.transport import smtp_replies
from openletter.mail.transport.smtp_replies import Verdict
from tests.factories import make_signature
from tests.mail.saying_relay import SayingRelay
from tests.mail.steps import owe, states

pytestmark = pytest.mark.django_db
NOW = timezone.now()
BIG = "big.example.org"
SLOW = Verdict(OutgoingMail.State.DUE, "SMTPDataError 421", slow_domain=True)


def owe_to(domain: str, number: int) -> None:
    for place in range(number):
        owe(make_signature(email=f"signer-{place}@{domain}"))


def test_one_421_is_chance_and_each_one_after_a_pause_doubles_the_next() -> None:
    now, pauses = NOW, []
    for _ in range(9):
        Domains([BIG]).learn(BIG, SLOW, now=now)
        until = DomainPause.objects.get().until
        pauses.append((until - now) / timedelta(minutes=1))
        now = until
    assert pauses == [0, 1, 2, 4, 8, 16, 32, 60, 60]


def test_what_comes_back_while_a_domain_rests_lengthens_nothing() -> None:
    for _ in range(8):
        Domains([BIG]).learn(BIG, SLOW, now=NOW)
    pause = DomainPause.objects.get()
    assert (pause.strikes, pause.until) == (2, NOW + timedelta(minutes=1))


def test_a_domain_that_takes_mail_again_begins_anew() -> None:
    domains = Domains([BIG])
    domains.learn(BIG, SLOW, now=NOW)
    domains.learn(BIG, smtp_replies.SENT, now=NOW)
    assert not DomainPause.objects.exists()


def test_a_mail_that_was_under_way_does_not_end_a_pause() -> None:
    for _ in range(2):
        Domains([BIG]).learn(BIG, SLOW, now=NOW)
    Domains([BIG]).learn(BIG, smtp_replies.SENT, now=NOW + timedelta(seconds=59))
    assert DomainPause.objects.exists()
    Domains([BIG]).learn(BIG, smtp_replies.SENT, now=NOW + timedelta(seconds=60))
    assert not DomainPause.objects.exists()


def test_the_rest_of_a_batch_to_a_domain_that_wants_less_keeps_its_tries(
    relay: SayingRelay,
) -> None:
    relay.say("RCPT", *["421 4.7.0 too many messages"] * 2)
    owe_to(BIG, 8)
    owe_to("example.net", 1)
    assert delivery.deliver_due("confirm") == 1
    tries = OutgoingMail.objects.order_by("pk").values_list("attempts", flat=True)
    assert list(tries) == [1, 1, 0, 0, 0, 0, 0, 0, 1]
    assert DomainPause.objects.get().strikes == 2


def test_greylisting_slows_no_domain(relay: SayingRelay) -> None:
    relay.say("RCPT", *["451 4.7.1 Greylisting in action, please come back later"] * 2)
    owe_to(BIG, 3)
    assert delivery.deliver_due("confirm") == 1
    assert not DomainPause.objects.exists()


def test_mails_to_a_slowed_domain_wait_and_others_go(relay: SayingRelay) -> None:
    owe_to(BIG, 1)
    owe_to("example.net", 1)
    until = timezone.now() + timedelta(minutes=5)
    DomainPause.objects.create(domain=BIG, until=until)
    delivery.deliver_due("confirm")
    assert states() == ["due", "sent"]
    rests = OutgoingMail.objects.get(state="due")
    # In nobody's way until then, and as good as new.
    assert (rests.due_at, rests.lease_until, rests.attempts) == (until, None, 0)


def test_a_queue_of_mails_to_a_slowed_domain_keeps_nobody_behind_it_waiting(
    relay: SayingRelay,
) -> None:
    owe_to(BIG, claims.BATCH_SIZE + 1)
    owe_to("example.net", 1)
    DomainPause.objects.create(domain=BIG, until=timezone.now() + timedelta(minutes=5))
    assert delivery.deliver_due("confirm") == 1


def test_mails_to_a_slowed_domain_are_put_off_before_they_are_claimed(relay: SayingRelay) -> None:
    owe_to(BIG, claims.BATCH_SIZE + 30)
    owe_to("example.net", 1)
    until = timezone.now() + timedelta(minutes=5)
    DomainPause.objects.create(domain=BIG, until=until)
    first = claims.claim("confirm")
    delivery._Batch(first, ends=float("inf")).deliver()
    assert {mail.recipient_domain for mail in first} == {BIG}
    waiting = OutgoingMail.objects.filter(recipient_domain=BIG, due_at=until, attempts=0)
    assert waiting.count() == claims.BATCH_SIZE + 30
    assert [mail.recipient_domain for mail in claims.claim("confirm")] == ["example.net"]


def test_what_another_worker_has_in_hand_is_left_to_it() -> None:
    owe_to(BIG, 3)
    now = timezone.now()
    one = OutgoingMail.objects.latest("pk")
    OutgoingMail.objects.filter(pk=one.pk).update(lease_until=now + timedelta(seconds=30))
    chosen = streams.of("confirm")
    put_off = partial(streams.put_off, lane="confirm", streams=chosen, now=now, until=now)
    assert (put_off("example.net"), put_off(BIG)) == (0, 2)


def test_what_a_domain_wanted_long_ago_is_forgotten() -> None:
    for name, days in (("long ago", 8), ("lately", 6)):
        DomainPause.objects.create(domain=name, until=NOW - timedelta(days=days))
    domain_backoff.forget_old(now=NOW)
    assert [pause.domain for pause in DomainPause.objects.all()] == ["lately"]
