"""Signatures at domains that take no mail are flagged: later, softly, once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from openletter.celery import app
from openletter.mail.models import MailDomain, OutgoingMail
from openletter.mail.monitoring import domains
from openletter.mail.monitoring.dns_checks import lookup
from openletter.signatures import tasks
from openletter.signatures.abuse import dead_domains
from openletter.signatures.models import Signature
from tests.dns_server import NameServer
from tests.factories import make_letter, make_signature

pytestmark = pytest.mark.django_db
S = Signature.State
NOW = timezone.now()
NO_MAIL = ["no mail server"]
ZONE = {
    (domains.PROBE, "MX"): ["10 mx.gmail.com."],
    ("good.example.org", "MX"): ["10 mx.example.org."],
    ("null.example.org", "MX"): ["0 ."],
}


@pytest.fixture(autouse=True)
def _name_server(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[None]:
    settings.LOOK_UP_DOMAINS = True
    make_letter()
    with NameServer(ZONE, broken=frozenset({"broken.example.org"})) as server:
        monkeypatch.setattr(lookup, "system_resolver", server.resolver)
        yield


def make(domain: str, **fields: Any) -> Signature:
    name = f"s{Signature.objects.count()}"
    return make_signature(**{"email": f"{name}@{domain}", "confirmed_at": NOW, **fields})


def flags_of(signature: Signature) -> list[str]:
    return Signature.objects.get(pk=signature.pk).flags


def test_the_task_flags_who_is_at_a_domain_that_takes_no_mail() -> None:
    null, missing = make("null.example.org"), make("no-such-name.example.org")
    good, broken = make("good.example.org"), make("broken.example.org")
    tasks.watch_domains()
    assert (flags_of(null), flags_of(missing)) == (NO_MAIL, NO_MAIL)
    assert (flags_of(good), flags_of(broken)) == ([], [])


def test_the_task_is_on_the_schedule() -> None:
    planned = [entry["task"] for entry in app.conf.beat_schedule.values()]
    assert tasks.watch_domains.name in planned


def test_other_flags_stay_and_nothing_else_changes() -> None:
    signature = make("null.example.org", flags=["disposable"])
    dead_domains.watch(now=NOW)
    after = Signature.objects.get()
    assert after.flags == ["disposable", *NO_MAIL]
    assert (after.state, after.held_because, after.email) == ("pending", "", signature.email)
    assert not OutgoingMail.objects.exists()


def test_running_twice_flags_once() -> None:
    signature = make("null.example.org")
    assert [dead_domains.watch(now=NOW) for _run in range(2)] == [1, 0]
    assert flags_of(signature) == NO_MAIL


@pytest.mark.parametrize("state", [S.PENDING, S.HELD, S.PUBLISHED])
def test_who_waits_or_counts_is_flagged(state: S) -> None:
    signature = make("null.example.org", state=state)
    dead_domains.watch(now=NOW)
    assert flags_of(signature) == NO_MAIL


@pytest.mark.parametrize(
    "fields",
    [
        {"state": S.EXPIRED},
        {"state": S.WITHDRAWN},
        {"state": S.REMOVED},
        {"asked_at": NOW - timedelta(days=3)},
        {"email": "", "email_domain": "", "erased_at": NOW},
    ],
)
def test_about_all_others_nobody_is_asked(fields: dict[str, Any]) -> None:
    signature = make("null.example.org")
    Signature.objects.update(**fields)
    assert dead_domains.watch(now=NOW) == 0
    assert flags_of(signature) == []
    assert not MailDomain.objects.exists()


def asked_about(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    asked: list[str] = []
    monkeypatch.setattr(domains, "ask", lambda names, *, now: asked.extend(names))
    return lambda: sorted(asked)


def test_a_domain_is_asked_about_once_a_week_however_many_are_at_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("known", "old", "new", "new"):
        make(f"{name}.example.org")
    for name, days in (("known", 6), ("old", 7)):
        asked_at = NOW - timedelta(days=days)
        MailDomain.objects.create(domain=f"{name}.example.org", takes_mail=False, asked_at=asked_at)
    asked = asked_about(monkeypatch)
    assert dead_domains.watch(now=NOW) == 1  # by what is known of "known"
    assert asked() == ["new.example.org", "old.example.org"]


def test_domains_that_never_answer_do_not_keep_the_others_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They are chosen by lot, so that each has its turn."""
    monkeypatch.setattr(domains, "MOST_AT_ONCE", 1)
    for number in range(8):
        make(f"domain-{number}.example.org")
    asked = asked_about(monkeypatch)
    for _run in range(40):
        dead_domains.watch(now=NOW)
    assert len(asked()) == 40
    assert len(set(asked())) > 3


def test_one_signature_and_ten_take_the_same_queries() -> None:
    numbers = []
    for more in (1, 9):
        for _one in range(more):
            make(f"null-{Signature.objects.count()}.example.org")
        with CaptureQueriesContext(connection) as queries:
            dead_domains.watch(now=NOW)
        numbers.append(len(queries))
    assert numbers[0] == numbers[1]


def test_no_transaction_is_open_while_name_servers_are_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make("null.example.org")
    depth = len(connection.savepoint_ids)
    seen: list[int] = []
    monkeypatch.setattr(
        domains, "ask", lambda names, *, now: seen.append(len(connection.savepoint_ids))
    )
    dead_domains.watch(now=NOW)
    assert seen == [depth]
