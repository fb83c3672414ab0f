"""Every arrow a mail can go (models.ARROWS), and every one that it cannot."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest
from django.utils import timezone

from openletter.lib.ids import uuid7
from openletter.mail.feedback import delivery_events
from openletter.mail.feedback.delivery_events import Kind, Report
from openletter.mail.models import ARROWS, OutgoingMail
from openletter.mail.outbox import delivery
from openletter.mail.transport import smtp_replies
from openletter.mail.transport.smtp_replies import Verdict
from tests.mail.outgoing import sent, state_of

pytestmark = pytest.mark.django_db
State = OutgoingMail.State


def recorded(verdict: Verdict, *, tries: int = 0) -> Callable[[OutgoingMail], None]:
    def move(mail: OutgoingMail) -> None:
        mail.attempts = tries
        delivery.record(mail, verdict, now=timezone.now())

    return move


def reported(kind: Kind) -> Callable[[OutgoingMail], None]:
    def move(mail: OutgoingMail) -> None:
        report = Report("generic", uuid7().hex, kind, mail_id=mail.pk)
        delivery_events.apply(report, now=timezone.now())

    return move


# What moves a mail to a state. Only staff move a parked mail to due again, in the admin.
MOVES: dict[str, list[Callable[[OutgoingMail], None]]] = {
    State.DUE: [recorded(Verdict(State.DUE, "later"))],
    State.SENT: [recorded(smtp_replies.SENT)],
    State.BOUNCED: [recorded(Verdict(State.BOUNCED, "550")), reported(Kind.HARD_BOUNCE)],
    State.COMPLAINED: [reported(Kind.COMPLAINT)],
    State.PARKED: [recorded(Verdict(State.DUE, "later"), tries=7)],
    State.DROPPED: [recorded(smtp_replies.SUPPRESSED), recorded(smtp_replies.NOTHING_TO_SAY)],
}
EVERY = [(str(before), str(after)) for before, after in product(State, State)]
BY_STAFF = {(State.PARKED, State.DUE)}


@pytest.mark.parametrize(("before", "after"), EVERY)
def test_a_mail_goes_along_its_arrows_and_no_other_way(before: str, after: str) -> None:
    arrived = set()
    for move in MOVES[after]:
        mail = sent(state=before)
        move(mail)
        arrived.add(state_of(mail))
    if after in ARROWS[before] and (before, after) not in BY_STAFF:
        assert after in arrived
    else:
        assert arrived == {before}


def test_a_bounce_that_is_reported_before_delivery_has_recorded_the_mail_is_kept() -> None:
    mail = sent(state="due")
    reported(Kind.HARD_BOUNCE)(mail)
    recorded(smtp_replies.SENT)(mail)
    assert state_of(mail) == "bounced"


def test_a_mail_that_left_says_when_and_one_that_did_not_says_why() -> None:
    left, refused = sent(state="due"), sent(state="due")
    recorded(smtp_replies.SENT)(left)
    recorded(Verdict(State.BOUNCED, "SMTPDataError 550"))(refused)
    assert OutgoingMail.objects.get(pk=left.pk).sent_at is not None
    assert OutgoingMail.objects.get(pk=refused.pk).error == "SMTPDataError 550"
