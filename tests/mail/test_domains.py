"""Whether a domain takes mail, asked of a real name server; what it does not say is not known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import dns.resolver
import pytest
from django.utils import timezone

from openletter.mail import tasks
from openletter.mail.models import MailDomain
from openletter.mail.monitoring import domains
from openletter.mail.monitoring.dns_checks import lookup
from tests.dns_server import NameServer, Zone

pytestmark = pytest.mark.django_db

NOW = timezone.now()
PROBE = {(domains.PROBE, "MX"): ["10 mx.gmail.com."]}
ZONE = {
    **PROBE,
    ("with-mx.example", "MX"): ["10 mail.with-mx.example."],
    ("with-a.example", "A"): ["192.0.2.1"],
    ("with-aaaa.example", "AAAA"): ["2001:db8::1"],
    ("null-mx.example", "MX"): ["0 ."],
    ("null-mx-and-a.example", "MX"): ["0 ."],
    ("null-mx-and-a.example", "A"): ["192.0.2.1"],
    ("only-txt.example", "TXT"): ['"nothing"'],
}
Answer = Callable[..., None]


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Answer]:
    """Let the name servers of this machine be one that answers from a zone."""
    settings.LOOK_UP_DOMAINS = True
    with ExitStack() as stack:

        def start(zone: Zone, **options: Any) -> None:
            server = stack.enter_context(NameServer(zone, **options))
            monkeypatch.setattr(lookup, "system_resolver", server.resolver)

        yield start


def remembered() -> dict[str, bool]:
    return dict(MailDomain.objects.values_list("domain", "takes_mail"))


def test_a_domain_takes_mail_by_its_mail_server_or_as_a_host(answer: Answer) -> None:
    answer(ZONE)
    asked = {name for name, _kind in ZONE} - {domains.PROBE} | {"no-such-name.example"}
    assert domains.ask(asked, now=NOW) == len(asked)
    assert remembered() == {
        "with-mx.example": True,
        "with-a.example": True,
        "with-aaaa.example": True,
        "null-mx.example": False,
        "null-mx-and-a.example": False,
        "only-txt.example": False,
        "no-such-name.example": False,
    }


def test_a_name_server_that_fails_says_nothing_about_the_domain(answer: Answer) -> None:
    answer(ZONE, broken=frozenset({"broken.example"}))
    assert domains.ask(["broken.example", "with-mx.example"], now=NOW) == 1
    assert remembered() == {"with-mx.example": True}


@pytest.mark.parametrize(
    "options", [{"silent": True}, {"broken": frozenset({domains.PROBE})}, {"zone": {}}]
)
def test_offline_nothing_is_judged(
    answer: Answer, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]
) -> None:
    """No answer, a failure, or a name server that knows no name at all, as in a hotel."""
    monkeypatch.setattr(lookup, "SECONDS_PER_QUESTION", 0.2)
    answer(**{"zone": ZONE, **options})
    assert domains.ask(["with-mx.example", "null-mx.example", "no-such.example"], now=NOW) == 0
    assert remembered() == {}


def test_a_machine_without_name_servers_judges_nothing(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none() -> dns.resolver.Resolver:
        raise dns.resolver.NoResolverConfiguration

    settings.LOOK_UP_DOMAINS = True
    monkeypatch.setattr(lookup, "system_resolver", none)
    assert domains.ask(["with-mx.example"], now=NOW) == 0


def test_nobody_is_asked_where_the_setting_says_no(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked() -> dns.resolver.Resolver:
        raise AssertionError("a name server was asked")

    monkeypatch.setattr(lookup, "system_resolver", asked)
    settings.LOOK_UP_DOMAINS = False
    assert domains.ask(["with-mx.example"], now=NOW) == 0
    settings.LOOK_UP_DOMAINS = True
    assert domains.ask([], now=NOW) == 0


def test_an_answer_lasts_a_week_and_a_newer_one_replaces_it(answer: Answer) -> None:
    answer(PROBE)
    domains.ask(["moving.example"], now=NOW)
    in_a_week = NOW + timedelta(days=7)
    assert list(domains.known(in_a_week - timedelta(seconds=1))) == [MailDomain.objects.get()]
    assert list(domains.known(in_a_week)) == []
    answer({**PROBE, ("moving.example", "MX"): ["10 mx.example."]})
    domains.ask(["moving.example"], now=in_a_week)
    assert remembered() == {"moving.example": True}
    assert list(domains.known(in_a_week)) == [MailDomain.objects.get()]


def test_a_run_asks_about_fifty_domains_at_most(answer: Answer) -> None:
    answer(PROBE)
    many = [f"domain-{number}.example" for number in range(domains.MOST_AT_ONCE + 5)]
    assert domains.ask(many, now=NOW) == domains.MOST_AT_ONCE == MailDomain.objects.count()


def test_a_run_that_takes_too_long_keeps_what_it_learned(
    answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was not asked in time is not known; a run never outlasts its task."""
    monkeypatch.setattr(domains, "SECONDS_IN_ALL", 0.0)
    answer(ZONE)
    assert domains.ask(["with-mx.example"], now=NOW) == 0
    assert domains.SECONDS_IN_ALL + lookup.SECONDS_PER_QUESTION < 45


def test_answers_that_no_longer_count_are_forgotten() -> None:
    """A domain may be the name of the one person at it."""
    for name, days in (("old.example", 8), ("new.example", 1)):
        asked_at = timezone.now() - timedelta(days=days)
        MailDomain.objects.create(domain=name, takes_mail=True, asked_at=asked_at)
    tasks.forget_old()
    assert remembered() == {"new.example": True}
