"""T47, T53: the forms that store nothing, from many networks of one customer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from openletter.lib.people.networks import network_of
from openletter.mail.models import OutgoingMail
from openletter.moderation import source_lists
from openletter.moderation.models import ListedSource
from openletter.rate_limits.tries import Taken
from openletter.signatures.abuse import form_limits
from openletter.signatures.abuse.rate_limits import LOCAL
from tests.signatures.attempt_steps import sign

pytestmark = pytest.mark.django_db
NOW = timezone.now()
FREE = Taken(is_over=False, wait=timedelta())
FORMS = {name: getattr(form_limits, name) for name in ("SEND_AGAIN", "SEND_LINK", "RESUME", "CODE")}


def count(form: form_limits.FormLimits, number: int, *, seen: str, now: datetime = NOW) -> Taken:
    """Count one more form about a subject of its own."""
    subject = number.to_bytes(4)
    return form_limits.count(form, network=network_of(seen), subject=subject, now=now)


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMS)
def test_t53_a_block_of_networks_has_a_limit_for_every_form(name: str) -> None:
    form, most = FORMS[name], 4 * FORMS[name].network.number
    for number in range(most):
        assert count(form, number, seen=f"2001:db8:1:{number:x}::1") == FREE
    over = count(form, most, seen="2001:db8:1:ffff::1")
    assert (over.is_over, over.wait > timedelta()) == (not form.network.paced, True)
    assert count(form, most + 1, seen="2001:db8:2::1") == FREE


@pytest.mark.slow
@pytest.mark.parametrize("seen", ["127.0.0.1", "garbage", "192.0.2.1"])
def test_t53_no_address_opens_a_limit(seen: str) -> None:
    form = form_limits.RESUME
    most = LOCAL.number if seen == "127.0.0.1" else form.network.number
    answers = [count(form, number, seen=seen) for number in range(most + 1)]
    assert answers[:-1] == [FREE] * most
    assert answers[-1].wait > timedelta()


def test_a_network_that_staff_trust_has_none() -> None:
    ListedSource.objects.create(kind="network", value="192.0.2.0/24", verdict="trust")
    source_lists.forget()
    for number in range(form_limits.RESUME.network.number + 9):
        assert count(form_limits.RESUME, number, seen="192.0.2.7") == FREE


def test_t53_mails_for_a_block_leave_at_its_pace(letter: Any, settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1
    now = timezone.now()
    for number in range(5 * form_limits.SEND_AGAIN.network.number):
        count(form_limits.SEND_AGAIN, number, seen=f"2001:db8:1:{number:x}::1", now=now)
    inbox = sign(letter)
    OutgoingMail.objects.all().delete()
    headers = {"Sec-Fetch-Site": "same-origin", "X-Forwarded-For": "2001:db8:1:ffff::1"}
    Client().post(inbox.replace("/inbox/", "/resend/"), headers=headers)
    assert OutgoingMail.objects.get().due_at > now + timedelta(minutes=10)
