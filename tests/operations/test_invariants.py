"""./run manage check-invariants: it holds on a busy site, and finds each thing that is planted."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F
from django.utils import timezone

from openletter.ledger.models import LedgerEntry, Tally
from openletter.letters.models import Letter
from openletter.lib.ids import uuid7
from openletter.lib.people.addresses import email_key
from openletter.mail.limits import throttles
from openletter.mail.models import DomainPause, OutgoingMail, SuppressedAddress, Throttle
from openletter.mail.outbox import suppression
from openletter.operations import invariants
from openletter.signatures.models import Signature
from openletter.statistics import following
from openletter.statistics.models import Movement
from openletter.sweeps.models import Sweep, Swept
from tests.factories import (
    decide,
    make_held,
    make_letter,
    make_published,
    make_signature,
    text_of,
)
from tests.mail.outgoing import sent
from tests.steps import SUZIE
from tests.sweeps.steps import begin, found, swept, undo

pytestmark = pytest.mark.django_db
NOW = timezone.now()
SECOND, MINUTE, HOUR, DAY = (
    timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days")
)


OTHER = "other@example.org"
SWEEPS_COUNT = "a sweep counted what it did, and is over when nothing is left to do"


def broken() -> dict[str, list[str]]:
    """Return what does not hold, and what breaks it."""
    found = invariants.check(now=NOW)
    return {one.sentence: one.broken_by for one in found if not one.holds}


def mail(**fields: Any) -> None:
    """A mail to somebody who got no other."""
    sent(**{"recipient": f"{uuid7()}@example.org", **fields})


def unverified(*first_due: timedelta, **fields: Any) -> None:
    """Mails to somebody who may never have asked, owed so long ago and sent at once."""
    for age in first_due:
        at = NOW - age
        sent(**{"recipient": SUZIE, "first_due_at": at, "due_at": at, "sent_at": at, **fields})


def tagged(*first_due: timedelta, **fields: Any) -> None:
    """Mails to one mailbox, by a spelling of its own each."""
    recipient = f"olive+{uuid7()}@example.org"
    mailbox = email_key("olive@example.org")
    unverified(*first_due, recipient=recipient, mailbox_key=mailbox, **fields)


@pytest.fixture(autouse=True)
def _busy(letter: Letter) -> None:
    """A site on which everything that is allowed has happened.

    Letters that are only named here begin with a zero, as the number of none does.
    """
    waiting = make_signature(letter, email="waiting@example.org")
    mail(recipient="waiting@example.org", topic=letter.topic, about=waiting.public_id)
    make_published(letter)
    # As often as the limits allow.
    unverified(3 * MINUTE, 2 * HOUR, 4 * HOUR, 2 * DAY, 3 * DAY)
    unverified(6 * HOUR, 8 * HOUR, 10 * HOUR, topic="letter:02")
    for number in range(20):
        unverified((31 + number) * DAY, topic=f"letter:01{number}")
    # What went to tags uses up nothing of the plain address.
    for hours in (9, 11):
        tagged(hours * HOUR, topic="letter:06")
    unverified(8 * HOUR, topic="letter:06", recipient="olive@example.org")
    make_signature(letter, email="olive+late@example.org")
    for hours in (1, 2, 3):
        tagged(hours * HOUR, topic=letter.topic)
    # Held back on purpose, for hours.
    late = {"state": "due", "due_at": NOW - HOUR}
    mail(**late, topic="letter:03")
    throttles.pause("letter:03", cause=Throttle.Cause.BOUNCES, now=NOW)
    mail(**late, topic="letter:04")
    throttles.slow("letter:04", per_minute=60, cause=Throttle.Cause.UNCONFIRMED, now=NOW)
    mail(**late, recipient="signer@slow.example")
    DomainPause.objects.create(domain="slow.example", until=NOW + DAY)
    mail(**late, lane="bulk")


def test_a_busy_site_keeps_every_invariant() -> None:
    a_sweep()
    assert broken() == {}


# --- What somebody could break, and the sentence that finds it ----------------------------------


def an_attempt_without_a_mail() -> None:
    make_signature(created_at=NOW)


def an_attempt_on_another_letter_without_a_mail() -> None:
    make_signature(make_letter(slug="another"), email="waiting@example.org", created_at=NOW)


def a_signature_without_a_receipt() -> None:
    OutgoingMail.objects.filter(kind="signatures.receipt").delete()


def a_lease_that_nobody_ends() -> None:
    mail(state="due", due_at=NOW, lease_until=NOW - 61 * SECOND)


def a_mail_due_far_from_now() -> None:
    mail(state="due", due_at=NOW + 6 * HOUR)


def a_mail_that_nobody_sends() -> None:
    mail(state="due", due_at=NOW - 121 * SECOND)


def a_receipt_that_waits_on_a_slowed_letter() -> None:
    mail(state="due", due_at=NOW - 121 * SECOND, topic="letter:04", kind="signatures.receipt")


def a_ninth_try() -> None:
    mail(state="due", due_at=NOW, attempts=8)


def two_owed_within_three_minutes() -> None:
    unverified(20 * HOUR, 20 * HOUR + 179 * SECOND, recipient="sam@example.org", sent_at=None)


def a_sixth_on_a_letter() -> None:
    unverified(9 * DAY)


def a_fourth_in_a_day_on_a_letter() -> None:
    ages = (1 * HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR)
    unverified(*ages, recipient="sam@example.org")


def a_fourth_in_a_day_by_tags() -> None:
    tagged(7 * HOUR, topic="letter:06")


def two_owed_to_a_mailbox_within_three_minutes() -> None:
    tagged(20 * HOUR, sent_at=None, topic="letter:07")
    unverified(20 * HOUR + MINUTE, sent_at=None, topic="letter:07", recipient="olive@example.org")


def two_that_left_together_to_a_mailbox() -> None:
    for hours in (40, 41):
        tagged(hours * HOUR, sent_at=NOW - 30 * MINUTE, topic="letter:07")


def a_seventh_in_a_day() -> None:
    unverified(12 * HOUR, topic="letter:05")


def a_twenty_first_in_thirty_days() -> None:
    for number in range(21):
        unverified((1 + number) * DAY, recipient="sam@example.org", topic=f"letter:{number}")


def two_that_left_together() -> None:
    unverified(20 * HOUR, 22 * HOUR, recipient="sam@example.org", sent_at=NOW - HOUR)


def one_that_left_to_a_suppressed_address() -> None:
    suppression.suppress(
        email_key=email_key("sam@example.org"),
        topic=suppression.EVERYTHING,
        reason=SuppressedAddress.Reason.STOP,
        now=NOW - HOUR,
    )
    mail(recipient="sam@example.org", sent_at=NOW)


def one_whose_address_stays_in_a_mail_after_it_was_erased() -> None:
    Signature.objects.filter(state="published").update(email="", email_domain="", erased_at=NOW)


def one_that_counts_without_a_line_in_the_ledger() -> None:
    letter = Letter.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or PostgreSQL alters no table
        cursor.execute("ALTER TABLE ledger_ledgerentry DISABLE TRIGGER USER")
    LedgerEntry.objects.filter(letter=letter).delete()
    Tally.objects.filter(letter=letter).update(next_index=0, people=0)


def one_that_was_confirmed_by_an_old_link() -> None:
    Signature.objects.filter(state="published").update(asked_at=NOW - 8 * DAY)


def one_that_was_confirmed_after_the_letter_closed() -> None:
    Letter.objects.update(opens_at=None, closes_at=NOW - 25 * HOUR)


def one_more_in_the_tally() -> None:
    Tally.objects.update(people=2, next_index=2)


WITHIN_LIMITS = (
    "no mailbox is owed unverified mails within three minutes, or more than its limits allow"
)


def a_sweep() -> Sweep:
    """One of each: a sweep that was undone, and one that stands."""
    undo(swept(domain="example.org"))
    return swept(domain="example.org")


def a_sweep_that_says_it_removed_what_was_held() -> None:
    Swept.objects.filter(sweep=a_sweep()).update(state="held")


def a_sweep_that_counted_one_more() -> None:
    Sweep.objects.filter(pk=a_sweep().pk).update(done=F("done") + 1)


def a_sweep_that_is_over_too_early() -> None:
    Sweep.objects.filter(pk=begin(found(domain="example.org")).pk).update(state="done")


def one_that_is_otherwise_than_its_record_says() -> None:
    decide(make_held(email=OTHER), "removed")
    Signature.objects.filter(state="removed").update(state="withdrawn")


def one_that_was_removed_by_nobody() -> None:
    Signature.objects.filter(pk=make_held(email=OTHER).pk).update(state="removed", held_because="")


def a_line_of_the_ledger_that_was_followed_twice() -> None:
    following.follow()
    Movement.objects.update(lines=F("lines") + 1)


PLANTED: dict[Callable[[], None], set[str]] = {
    a_fourth_in_a_day_by_tags: {
        "no mailbox is owed unverified mails within three minutes, or more than its limits allow"
    },
    two_owed_to_a_mailbox_within_three_minutes: {
        "no mailbox is owed unverified mails within three minutes, or more than its limits allow"
    },
    two_that_left_together_to_a_mailbox: {
        "no two unverified mails left to a mailbox within three minutes"
    },
    an_attempt_without_a_mail: {
        "every waiting attempt is owed a mail about its letter, as far as limits allow"
    },
    an_attempt_on_another_letter_without_a_mail: {
        "every waiting attempt is owed a mail about its letter, as far as limits allow"
    },
    a_signature_without_a_receipt: {"everybody who confirmed is owed a receipt"},
    a_lease_that_nobody_ends: {"no lease is older than sixty seconds"},
    a_mail_due_far_from_now: {"no mail waits longer than the retry table says"},
    a_mail_that_nobody_sends: {"no mail that may leave is due for more than two minutes"},
    a_receipt_that_waits_on_a_slowed_letter: {
        "no mail that may leave is due for more than two minutes"
    },
    a_ninth_try: {"a mail that was tried eight times is parked"},
    two_owed_within_three_minutes: {WITHIN_LIMITS},
    a_sixth_on_a_letter: {WITHIN_LIMITS},
    a_fourth_in_a_day_on_a_letter: {WITHIN_LIMITS},
    a_seventh_in_a_day: {WITHIN_LIMITS},
    a_twenty_first_in_thirty_days: {WITHIN_LIMITS},
    two_that_left_together: {"no two unverified mails left to a mailbox within three minutes"},
    one_that_left_to_a_suppressed_address: {"nothing left to an address after it was suppressed"},
    one_whose_address_stays_in_a_mail_after_it_was_erased: {
        "no mail keeps the address of a signature that was erased"
    },
    one_that_counts_without_a_line_in_the_ledger: {
        "what counts was confirmed, and has its line in the ledger",
        "every number agrees with its signatures and its ledger",
    },
    one_that_was_confirmed_by_an_old_link: {
        "nothing was confirmed more than a day after its letter closed, or by an old link"
    },
    one_that_was_confirmed_after_the_letter_closed: {
        "nothing was confirmed more than a day after its letter closed, or by an old link"
    },
    a_sweep_that_says_it_removed_what_was_held: {
        "what a sweep moved the number by is what it says of each signature"
    },
    a_sweep_that_counted_one_more: {SWEEPS_COUNT},
    a_sweep_that_is_over_too_early: {SWEEPS_COUNT},
    one_that_is_otherwise_than_its_record_says: {
        "what was removed, published or held by hand is as its record says"
    },
    one_that_was_removed_by_nobody: {"nothing is removed without a line of its history"},
    a_line_of_the_ledger_that_was_followed_twice: {
        "the statistics hold each line of the ledger that they followed, once"
    },
    one_more_in_the_tally: {"every number agrees with its signatures and its ledger"},
}


@pytest.mark.parametrize(
    ("plant", "sentences"), PLANTED.items(), ids=lambda it: getattr(it, "__name__", "")
)
def test_what_is_planted_is_found(plant: Callable[[], None], sentences: set[str]) -> None:
    plant()
    assert set(broken()) == sentences


def test_every_query_has_something_planted_for_it() -> None:
    queries = {sentence for _number, sentence, _query in invariants._QUERIES}
    assert queries <= set().union(*PLANTED.values())


# --- What only somebody outside knows -----------------------------------------------------------


def test_i1_who_was_told_yes_and_has_no_row_is_told_by_the_line_and_not_by_name() -> None:
    found = invariants.check(now=NOW, accepted=["waiting@example.org", "lost@example.org"])
    assert [one.broken_by for one in found if not one.holds] == [["line 2"]]


def test_i16_a_log_with_an_address_is_told_by_its_line(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    log.write_text("fine\nmail to suzie@example.org\n")
    found = invariants.check(now=NOW, logs=[log])
    assert [one.broken_by for one in found if not one.holds] == [["web.log:2"]]


# --- What limits and quotas excuse ---------------------------------------------------------------


def test_an_attempt_that_the_caps_gave_no_mail_is_no_violation() -> None:
    letter = make_letter(slug="another")
    make_signature(letter, email=SUZIE, created_at=NOW)  # had six within a day
    assert broken() == {}


def test_mail_that_waits_for_a_quota_is_no_violation(settings: Any) -> None:
    settings.MAILS_PER_DAY = 100
    a_mail_that_nobody_sends()
    assert broken() == {}


def test_what_was_erased_owes_nothing_and_is_owed_nothing(letter: Letter) -> None:
    text = text_of(letter)
    make_signature(letter, created_at=NOW, translation=text)
    Signature.objects.filter(state="pending").update(email_key=b"", email="", email_domain="")
    assert broken() == {}


def test_a_receipt_whose_record_is_gone_is_not_missed(settings: Any) -> None:
    long_ago = NOW - timedelta(days=settings.KEEP_MAILS_DAYS + 1)
    Signature.objects.filter(state="published").update(confirmed_at=long_ago, asked_at=long_ago)
    a_signature_without_a_receipt()
    assert broken() == {}


# --- The command --------------------------------------------------------------------------------


def test_the_command_names_what_is_broken_and_fails(tmp_path: Path) -> None:
    mail(state="due", due_at=timezone.now(), attempts=8)
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 invariant"):
        call_command("check-invariants", "--logs", str(tmp_path), stdout=out)
    lines = [line for line in out.getvalue().splitlines() if "BROKEN" in line]
    ninth = OutgoingMail.objects.get(attempts=8)
    assert lines == [f"I4  a mail that was tried eight times is parked: BROKEN by {ninth.pk}"]


def test_i20_looking_twice_changes_nothing() -> None:
    before = list(OutgoingMail.objects.order_by("pk").values())
    assert [broken(), broken()] == [{}, {}]
    assert list(OutgoingMail.objects.order_by("pk").values()) == before
