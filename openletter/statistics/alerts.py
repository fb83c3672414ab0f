"""Tell those who moderate, by mail, when something under a letter should not wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from openletter.accounts.access import Action, may
from openletter.accounts.models import User
from openletter.letters.models import Letter
from openletter.lib.people.addresses import Recipient
from openletter.mail import outbox
from openletter.statistics.models import Alert, HourCount, LetterCount, WithoutAlerts

MAIL = "statistics.alert"
AGAIN_AFTER = timedelta(days=1)
HELD_FOR_LONG = timedelta(days=3)
# How many forms in an hour are a burst: more than these, and than so many times the usual.
BURST, TIMES_USUAL = 200, 5
_USUALLY = timedelta(days=7)


@dataclass(frozen=True)
class Facts:
    """What is known of a letter; `forms` of the fuller of the last two hours, `usual` of a week."""

    held: int
    held_since: datetime | None
    forms: int
    usual: float
    at: datetime

    @property
    def are_many(self) -> bool:
        return self.held > settings.HELD_ALERT

    @property
    def are_old(self) -> bool:
        return self.held_since is not None and self.at - self.held_since > HELD_FOR_LONG

    @property
    def is_burst(self) -> bool:
        return self.forms > BURST and self.forms > TIMES_USUAL * self.usual

    @property
    def kinds(self) -> list[Alert.Kind]:
        is_true = {
            Alert.Kind.MANY: self.are_many,
            Alert.Kind.LONG: self.are_old,
            Alert.Kind.BURST: self.is_burst,
        }
        return [kind for kind, holds in is_true.items() if holds]


def facts_of(letter: Letter, *, now: datetime) -> Facts:
    counted = LetterCount.objects.filter(letter=letter).first()
    hour = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    rows = HourCount.objects.filter(letter=letter)
    lately = rows.filter(hour__gte=hour).values_list("signed", flat=True)
    before = rows.filter(hour__gte=hour - _USUALLY, hour__lt=hour).aggregate(all=Sum("signed"))
    return Facts(
        held=counted.held if counted else 0,
        held_since=counted.held_since if counted else None,
        forms=max(lately, default=0),
        usual=(before["all"] or 0) / (_USUALLY / timedelta(hours=1)),
        at=now,
    )


def watch(*, now: datetime) -> None:
    """Look at every letter that is not over, and tell each kind of news once a day."""
    for letter in Letter.objects.filter(state__in=[Letter.State.OPEN, Letter.State.CLOSED]):
        for kind in facts_of(letter, now=now).kinds:
            _tell(letter, kind, now)


@transaction.atomic
def _tell(letter: Letter, kind: Alert.Kind, now: datetime) -> None:
    _alert, is_new = Alert.objects.get_or_create(
        letter=letter, kind=kind, defaults={"told_at": now}
    )
    due = Alert.objects.filter(letter=letter, kind=kind, told_at__lte=now - AGAIN_AFTER)
    if not is_new and not due.update(told_at=now):
        return
    for user in _moderators(letter):
        outbox.enqueue(
            MAIL,
            dedupe_key=f"{MAIL}:{kind}:{letter.pk}:{user.pk}:{now.timestamp():.0f}",
            recipient=Recipient.of(user.email),
            language=settings.LANGUAGE_CODE,
            about=letter.public_id,
            topic=f"alert:{letter.pk}",
            now=now,
        )


def _moderators(letter: Letter) -> list[User]:
    staff = User.objects.filter(is_active=True, is_staff=True, withoutalerts=None)
    return [user for user in staff if may(user, Action.DECIDE_SIGNATURES, letter)]


def wants(user: User) -> bool:
    return not WithoutAlerts.objects.filter(user=user).exists()


def choose(user: User, *, wanted: bool) -> None:
    """Let somebody have these mails from now on, or none."""
    if wanted:
        WithoutAlerts.objects.filter(user=user).delete()
    else:
        WithoutAlerts.objects.get_or_create(user=user)
