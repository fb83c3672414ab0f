"""What is deleted by itself: one row that must go, and beside it one for every reason to stay."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from openletter.ledger.models import LedgerEntry
from openletter.letters import publishing as letter_flows
from openletter.letters.models import STAYS_CLOSED, Letter
from openletter.lib.db.constraints import broken_by
from openletter.lib.ids import uuid7
from openletter.mail.models import OutgoingMail, SuppressedAddress
from openletter.moderation.models import AuditEntry
from openletter.privacy import flows
from openletter.signatures import retention
from openletter.signatures.models import Signature
from tests.factories import log_in, make_letter, make_moderator, make_published, make_signature
from tests.self_service.steps import now_of, number

pytestmark = pytest.mark.django_db
NOW = timezone.now()
S = Signature.State


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def expire(**options: Any) -> dict[str, int]:
    return {one.what: one.number for one in flows.expire(now=NOW, **options) if one.number}


def closed(days: float, **fields: Any) -> Letter:
    """A letter that closed so many days ago."""
    return make_letter(
        slug=f"closed-{uuid7().hex[-8:]}",
        **{"state": Letter.State.CLOSED, "closes_at": ago(days), **fields},
    )


def signed(letter: Letter, **fields: Any) -> Signature:
    """A signature that was published while the letter was open."""
    Letter.objects.filter(pk=letter.pk).update(state="open", closes_at=None)
    fresh = Letter.objects.get(pk=letter.pk)
    signature = make_published(fresh, **fields)
    Letter.objects.filter(pk=letter.pk).update(state=letter.state, closes_at=letter.closes_at)
    return signature


# --- Attempts that nobody confirmed -------------------------------------------------------------


@pytest.mark.parametrize("state", [S.PENDING, S.EXPIRED])
def test_an_attempt_that_nobody_confirmed_goes_after_thirty_days(state: str) -> None:
    make_signature(state=state, asked_at=ago(31))
    assert expire() == {"attempts that nobody confirmed": 1}
    assert not Signature.objects.exists()


def test_an_attempt_of_this_month_stays() -> None:
    make_signature(asked_at=ago(29))
    assert expire() == {}


def test_an_attempt_whose_mail_was_asked_for_again_stays() -> None:
    attempt = make_signature(asked_at=ago(60))
    Signature.objects.filter(pk=attempt.pk).update(asked_at=ago(2))
    assert expire() == {}


@pytest.mark.parametrize("state", [S.PUBLISHED, S.HELD, S.WITHDRAWN, S.REMOVED])
def test_what_was_confirmed_stays_however_old(state: str) -> None:
    make_signature(state=state, asked_at=ago(400), confirmed_at=ago(400))
    assert expire() == {}


def test_the_days_come_from_the_settings(settings: Any) -> None:
    settings.KEEP_UNCONFIRMED_DAYS = 90
    make_signature(asked_at=ago(31))
    assert expire() == {}


# --- Letters that closed ------------------------------------------------------------------------


def test_a_closed_letter_keeps_the_number_and_nothing_else() -> None:
    signature = signed(closed(190), name="Suzie Signer", title="Baker", retain_name=False)
    assert expire() == {"signatures on letters that closed long ago": 1}
    after = now_of(signature)
    assert (after.name, after.title, after.email, after.email_domain) == ("", "", "", "")
    assert (bytes(after.email_key), after.show_name, after.state) == (b"", False, "published")
    assert (number(), LedgerEntry.objects.count()) == (1, 1)


def test_a_name_whose_owner_agreed_stays_on_the_list_without_its_address(client: Any) -> None:
    letter = closed(190)
    signature = signed(letter, name="Suzie Signer", show_name=True, retain_name=True)
    expire()
    after = now_of(signature)
    assert (after.name, after.email, bytes(after.email_key)) == ("Suzie Signer", "", b"")
    assert "Suzie Signer" in client.get(f"/{letter.slug}/signatures/").content.decode()


def test_agreeing_is_not_enough_for_a_name_that_is_not_shown() -> None:
    signature = signed(closed(190), show_name=False, retain_name=True)
    expire()
    assert now_of(signature).name == ""


@pytest.mark.parametrize("state", [S.HELD, S.WITHDRAWN, S.REMOVED])
def test_a_name_that_is_not_published_goes_even_if_its_owner_agreed(state: str) -> None:
    signature = make_signature(
        closed(190), state=state, confirmed_at=ago(200), show_name=True, retain_name=True
    )
    expire()
    assert (now_of(signature).name, now_of(signature).email) == ("", "")


def test_a_letter_that_closed_lately_stays() -> None:
    signature = signed(closed(170))
    assert expire() == {}
    assert now_of(signature).name


def test_an_open_letter_stays() -> None:
    signature = make_published(asked_at=ago(1))
    Letter.objects.update(created_at=ago(900))
    assert expire() == {}
    assert now_of(signature).name


def test_a_letter_that_will_close_stays() -> None:
    signature = make_published(make_letter(closes_at=NOW + timedelta(days=1)))
    assert expire() == {}
    assert now_of(signature).name


@pytest.mark.parametrize(("months", "goes"), [(1, True), (12, False)])
def test_each_letter_says_how_long(months: int, goes: bool) -> None:
    signature = signed(closed(190, retention_months=months))
    expire()
    assert (now_of(signature).name == "") is goes


def test_a_letter_that_ran_out_by_itself_counts_as_closed() -> None:
    signature = signed(closed(190, state=Letter.State.OPEN))
    expire()
    assert now_of(signature).name == ""


def test_an_archived_letter_counts_as_closed() -> None:
    signature = signed(closed(190, state=Letter.State.ARCHIVED))
    expire()
    assert now_of(signature).name == ""


def reopen(letter: Letter) -> None:
    letter_flows.change_state(letter_id=letter.pk, to=Letter.State.OPEN, actor_id=None, now=NOW)


def test_a_letter_whose_retention_ended_is_never_opened_again() -> None:
    """Else an address whose hash is gone would sign, and count, a second time."""
    letter = closed(190)
    signed(letter)
    expire()
    with pytest.raises(letter_flows.NotPossible):
        reopen(letter)
    assert Letter.objects.get().state == "closed"


def test_a_letter_is_opened_again_until_then_and_keeps_everything() -> None:
    letter = closed(190)
    signature = signed(letter)
    reopen(letter)
    assert expire() == {}
    assert now_of(signature).email
    assert Letter.objects.get().retention_ended_at is None


@pytest.mark.parametrize("closes_at", ["", "2999-01-01 12:00:00"])
def test_no_form_gives_a_letter_whose_retention_ended_a_new_end(closes_at: str) -> None:
    letter = closed(190, state=Letter.State.OPEN)  # it ran out by itself
    signed(letter)
    expire()
    date, _space, time = closes_at.partition(" ")
    page = f"/admin/letters/letter/{letter.pk}/change/"
    form = log_in().get(page).context["adminform"].form
    typed = {name: form[name].value() or "" for name in form.fields}
    typed |= {"closes_at_0": date, "closes_at_1": time, "opens_at_0": "", "opens_at_1": ""}
    answer = log_in(make_moderator("other@example.org")).post(page, typed)
    assert answer.context["adminform"].form.errors["closes_at"] == [STAYS_CLOSED]
    assert Letter.objects.get().closes_at == letter.closes_at


def test_the_database_lets_no_letter_open_whose_retention_ended() -> None:
    letter = closed(190)
    signed(letter)
    expire()
    for closes_at in (None, NOW + timedelta(days=1)):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            Letter.objects.update(state="open", closes_at=closes_at)
        assert broken_by(refused.value) == "a_letter_whose_retention_ended_stays_closed"


def test_nothing_goes_from_a_letter_that_may_yet_be_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Such as one whose months somebody made fewer after it was looked which letters end."""
    signature = signed(closed(190))
    monkeypatch.setattr(retention, "end", lambda now: None)
    assert expire() == {}
    assert now_of(signature).email


def test_a_dry_run_ends_no_retention() -> None:
    signed(closed(190))
    assert expire(dry_run=True) == {"signatures on letters that closed long ago": 1}
    assert Letter.objects.get().retention_ended_at is None


def test_the_hash_of_an_erased_address_goes_with_the_rest() -> None:
    signature = signed(closed(190))
    Signature.objects.update(erased_at=ago(200), email="", email_domain="", name="")
    expire()
    assert bytes(now_of(signature).email_key) == b""


def test_many_addresses_may_be_forgotten_on_one_letter() -> None:
    letter = closed(190)
    for _ in range(3):
        signed(letter)
    assert expire() == {"signatures on letters that closed long ago": 3}


def test_who_wanted_no_mail_about_a_letter_is_forgotten_with_it_and_others_are_not() -> None:
    over, running = closed(190), closed(10)
    for topic in (over.topic, running.topic, ""):
        SuppressedAddress.objects.create(email_key=b"x", topic=topic, reason="stop", at=ago(300))
    expire()
    left = set(SuppressedAddress.objects.values_list("topic", flat=True))
    assert left == {running.topic, ""}


# --- Mails, sessions, decisions -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "state", "left"),
    [(91, "sent", 0), (91, "dropped", 0), (89, "sent", 1), (91, "due", 1)],
)
def test_the_record_of_a_mail_goes_after_ninety_days(days: float, state: str, left: int) -> None:
    make_published()
    OutgoingMail.objects.update(first_due_at=ago(days), state=state)
    expire()
    assert OutgoingMail.objects.count() == left


@pytest.mark.parametrize(("days", "left"), [(1, 0), (-1, 1)])
def test_sessions_that_ran_out_go(days: float, left: int) -> None:
    Session.objects.create(session_key="x", session_data="x", expire_date=ago(days))
    expire()
    assert Session.objects.count() == left


def test_decisions_stay() -> None:
    signed(closed(400))
    before = AuditEntry.objects.count()
    expire()
    assert AuditEntry.objects.count() == before


# --- How it runs --------------------------------------------------------------------------------


def test_a_dry_run_counts_and_deletes_nothing() -> None:
    for _ in range(3):
        make_signature(asked_at=ago(31))
    signature = signed(closed(190))
    told = io.StringIO()
    call_command("expire", "--dry-run", stdout=told)
    assert "3 attempts that nobody confirmed: would go" in told.getvalue()
    assert Signature.objects.count() == 4
    assert now_of(signature).name


def test_it_works_in_batches_until_nothing_is_left() -> None:
    for _ in range(5):
        make_signature(asked_at=ago(31))
    assert expire(batch=2) == {"attempts that nobody confirmed": 5}


def test_when_time_is_up_the_next_run_goes_on() -> None:
    for _ in range(5):
        make_signature(asked_at=ago(31))
    assert expire(batch=2, seconds=0) == {"attempts that nobody confirmed": 2}
    assert expire(batch=2) == {"attempts that nobody confirmed": 3}


def test_a_second_run_finds_nothing() -> None:
    signed(closed(190))
    expire()
    assert expire() == {}


def test_beat_runs_it_at_least_once_a_day() -> None:
    from openletter.celery import app

    (entry,) = [
        entry
        for entry in app.conf.beat_schedule.values()
        if entry["task"] == "openletter.privacy.tasks.expire"
    ]
    assert entry["schedule"].run_every <= timedelta(days=1)


def test_months_are_months_of_the_calendar() -> None:
    letter = closed(0, closes_at=datetime(2026, 8, 31, 12, tzinfo=UTC), retention_months=6)
    signature = signed(letter)
    early, late = datetime(2027, 2, 28, 11, tzinfo=UTC), datetime(2027, 2, 28, 13, tzinfo=UTC)
    flows.expire(now=early)
    assert now_of(signature).name
    flows.expire(now=late)
    assert now_of(signature).name == ""
