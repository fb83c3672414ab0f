"""Alarms that call themselves off: a domain where mail gets lost, and a queue that stands still."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from openletter.alarms import flows as alarms
from openletter.alarms.models import Alarm
from openletter.mail.models import Lane
from openletter.mail.monitoring import failure_alarms, statistics
from openletter.operations import confirmation_rates
from openletter.operations.confirmation_rates import Rate

DOMAIN_ALARM = "a domain hardly confirms"
QUEUE_ALARM = "mail stands still"
LOOKS_BACK = timedelta(hours=24)
LEAST_MAILS = 50
MOST_DOMAINS = 20
# Of the rate of all others: an alarm is raised below the first and over above the second, so that
# a rate that wavers does not ring twice.
TOO_LOW = 1 / 2
WELL_AGAIN = 2 / 3
LONGEST_WAIT = timedelta(minutes=10)


def watch(*, now: datetime) -> None:
    """Raise what must be raised, and resolve what is over."""
    _watch_domains(now)
    _watch_queue(now)
    failure_alarms.watch(now=now)


def _watch_domains(now: datetime) -> None:
    domains, everybody = confirmation_rates.by_domain(
        since=now - LOOKS_BACK, now=now, most=MOST_DOMAINS
    )
    raised = Alarm.objects.filter(kind=DOMAIN_ALARM, resolved_at=None)
    wavering = set(raised.values_list("key", flat=True))
    for domain, rate in domains.items():
        others = everybody - rate
        if min(rate.asked, others.asked) < LEAST_MAILS:
            continue
        if rate.share < TOO_LOW * others.share:
            alarms.raise_alarm(DOMAIN_ALARM, domain, _domain_text(domain, rate, others), now)
        if rate.share < WELL_AGAIN * others.share:
            wavering.discard(domain)
    for domain in wavering:
        alarms.resolve(DOMAIN_ALARM, domain, now)


def _domain_text(domain: str, rate: Rate, others: Rate) -> str:
    return _(
        "Of %(number)s people with an address at %(domain)s, only %(percent)s%% confirmed within"
        " a day; of all others, %(others)s%% did. Its spam filter may be swallowing our mail:"
        " send yourself a test mail there, and look at the self-test."
    ) % {
        "number": rate.asked,
        "domain": domain,
        "percent": rate.percent,
        "others": others.percent,
    }


def _watch_queue(now: datetime) -> None:
    since = statistics.held_up_since(Lane.CONFIRM, now=now)
    if since is None or now - since <= LONGEST_WAIT:
        alarms.resolve(QUEUE_ALARM, Lane.CONFIRM, now)
        return
    text = _(
        "Confirmation mail has been waiting for more than %(minutes)s minutes. Check whether the"
        " workers and beat are running, whether the mail server answers, and whether the quota"
        " for the minute or the day is used up."
    ) % {"minutes": LONGEST_WAIT // timedelta(minutes=1)}
    alarms.raise_alarm(QUEUE_ALARM, Lane.CONFIRM, text, now)
