"""What forms and typed codes leave behind goes when no limit looks at it any more."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from openletter.letters.models import Letter
from openletter.privacy import flows
from openletter.signatures import signing
from openletter.signatures.models import CodeAttempt, FormSubmission
from tests.factories import make_letter, text_of

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def reference_of(at: datetime) -> UUID:
    """Return a reference as it was handed out at a time."""
    return UUID(int=int(at.timestamp() * 1000) << 80 | 7 << 76 | 2 << 62)


def form_of(email: str, letter: Letter, *, now: datetime) -> UUID:
    """Sign, as if now were another time; return the reference."""
    signer = signing.Signer(kind="person", name="Suzie Signer")
    return signing.sign(
        letter=letter, text=text_of(letter), email=email, signer=signer, language="en", now=now
    )


def expire() -> None:
    flows.expire(now=NOW)


@pytest.mark.parametrize(("days", "left"), [(31, 0), (29, 1)])
def test_the_network_of_a_form_is_forgotten_after_thirty_days(days: float, left: int) -> None:
    FormSubmission.objects.create(
        reference=reference_of(ago(days)),
        letter=make_letter(),
        network_key=b"x" * 32,
        email_domain="example.org",
        at=ago(days),
    )
    expire()
    assert FormSubmission.objects.count() == left


@pytest.mark.parametrize("clock", [1000, -1000])
def test_the_time_of_a_form_is_not_that_of_a_machine_whose_clock_is_wrong(
    clock: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = make_letter()
    monkeypatch.setattr(
        "openletter.lib.ids.time.time_ns", lambda: int(ago(clock).timestamp()) * 10**9
    )
    for days, left in ((29, 1), (31, 1)):
        form_of("suzie@example.org", letter, now=ago(days))
        expire()
        assert FormSubmission.objects.count() == left


def test_a_form_stays_whose_reference_says_that_it_is_older() -> None:
    """As references of before did, which machines made whose clock was wrong."""
    form = FormSubmission(reference=reference_of(ago(400)), letter=make_letter(), at=ago(29))
    form.save(force_insert=True)
    expire()
    assert FormSubmission.objects.count() == 1
    FormSubmission.objects.update(at=ago(31))
    expire()
    assert FormSubmission.objects.count() == 0


@pytest.mark.parametrize(("days", "left"), [(31, 0), (29, 1)])
def test_wrong_codes_are_forgotten_with_what_they_were_typed_for(days: float, left: int) -> None:
    CodeAttempt.objects.create(reference=reference_of(ago(days)), tries=1)
    expire()
    assert CodeAttempt.objects.count() == left
