"""Those whom a sweep removed are told by mail, where the moderator wants it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.utils import timezone

from openletter.letters.models import Letter
from openletter.mail.models import OutgoingMail, SuppressedAddress
from openletter.mail.outbox import suppression
from openletter.mail.outbox.messages import compose
from openletter.privacy import flows as privacy
from openletter.privacy.flows import Erasure
from openletter.signatures.models import Signature
from openletter.signatures.removal_notices import DELAY, RESTORED
from openletter.sweeps import notices
from openletter.sweeps.models import MOST_ALONE, Sweep
from tests.factories import (
    decide,
    log_in,
    make_held,
    make_letter,
    make_many,
    make_moderator,
    make_published,
)
from tests.sweeps.steps import begin, begin_undo, found, undo, work

pytestmark = pytest.mark.django_db
S = Signature.State


@pytest.fixture
def letter() -> Letter:
    return make_letter()


def told(letter: Letter, *, to: str = Sweep.To.REMOVED, reason: str = "odd names") -> Sweep:
    """A sweep that was carried out, and tells."""
    return work(begin(found(letter), to, tells=True, reason=reason))


def owed(kind: str = notices.KIND) -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(kind=kind, state="due").order_by("recipient_domain"))


def message(mail: OutgoingMail) -> EmailMultiAlternatives:
    composed = compose(mail)
    assert composed is not None
    return composed


def sent() -> None:
    OutgoingMail.objects.filter(kind=notices.KIND).update(state="sent", sent_at=timezone.now())


def test_each_who_is_removed_is_told_why_and_how_to_answer_some_minutes_later(
    letter: Letter,
) -> None:
    signed = {make_published(letter).email, make_held(letter).email}
    sweep = told(letter)
    mails = owed()
    assert {mail.recipient for mail in mails} == signed
    assert {(mail.batch, mail.lane, mail.topic) for mail in mails} == {
        (sweep.public_id, "bulk", letter.topic)
    }
    assert all(mail.due_at - timezone.now() > DELAY - timedelta(minutes=1) for mail in mails)
    written = message(mails[0])
    assert written.to == [mails[0].recipient]
    for part in (str(written.body), str(written.alternatives[0][0])):
        assert "odd names" in part
        assert "/appeal/" in part
        assert "together with others" in part


@pytest.mark.parametrize(
    ("to", "reason", "tells"),
    [
        (Sweep.To.HELD, "odd names", True),
        (Sweep.To.REMOVED, "given: scripted", True),
        (Sweep.To.REMOVED, "odd names", False),
    ],
)
def test_nobody_is_told_where_nothing_is_removed_or_nobody_would_read_it(
    letter: Letter, to: str, reason: str, tells: bool
) -> None:
    make_published(letter)
    sweep = work(begin(found(letter), to, tells=tells, reason=reason))
    assert (sweep.done, sweep.tells, owed()) == (1, False, [])


def test_nobody_is_told_who_wants_no_mail_or_is_left(letter: Letter) -> None:
    stopped, left, erased = (make_published(letter) for _ in range(3))
    suppression.suppress(
        email_key=bytes(stopped.email_key),
        topic=letter.topic,
        reason=SuppressedAddress.Reason.STOP,
        now=timezone.now(),
    )
    sweep = begin(found(letter), tells=True)
    decide(left, S.HELD)
    privacy.erase(Erasure(bytes(erased.email_key)), now=timezone.now())
    sweep = work(sweep)
    assert (sweep.done, sweep.left, owed()) == (1, 2, [])


def test_undone_in_time_nobody_hears_of_it(letter: Letter) -> None:
    make_published(letter)
    sweep = told(letter)
    (mail,) = owed()
    undo(sweep)
    assert (owed(), owed(RESTORED)) == ([], [])
    assert compose(mail) is None  # had a worker it in hand already


def test_who_has_read_it_is_told_that_it_was_undone(letter: Letter) -> None:
    one, two = make_published(letter), make_held(letter)
    sweep = told(letter)
    sent()
    undo(sweep)
    mails = {mail.recipient: str(message(mail).body) for mail in owed(RESTORED)}
    assert "counted again" in mails[one.email]
    assert "look at it again" in mails[two.email]


def test_what_a_worker_has_in_hand_counts_as_sent(letter: Letter) -> None:
    make_published(letter)
    sweep = told(letter)
    OutgoingMail.objects.filter(kind=notices.KIND).update(lease_until=timezone.now() + DELAY)
    undo(sweep)
    assert (owed(), len(owed(RESTORED))) == ([], 1)


def test_restored_by_hand_is_said_too_and_not_again_by_the_undoing(letter: Letter) -> None:
    signature = make_published(letter)
    sweep = told(letter)
    sent()
    signature.refresh_from_db()
    decide(signature, S.PUBLISHED)
    assert len(owed(RESTORED)) == 1
    assert undo(sweep).kept == 1
    assert len(owed(RESTORED)) == 1


def test_no_mail_speaks_of_a_sweep_where_somebody_removed_it_by_hand_since(letter: Letter) -> None:
    signature = make_published(letter)
    told(letter)
    (mail,) = owed()
    signature.refresh_from_db()
    decide(signature, S.PUBLISHED)
    signature.refresh_from_db()
    decide(signature, S.REMOVED)
    assert compose(mail) is None


def test_no_mail_speaks_of_a_sweep_where_another_removed_it_since(letter: Letter) -> None:
    signature = make_published(letter)
    told(letter)
    (mail,) = owed()
    signature.refresh_from_db()
    decide(signature, S.PUBLISHED)
    OutgoingMail.objects.update(state="due")  # as if a worker had it in hand
    work(begin(found(letter), reason="other names"))
    assert compose(mail) is None


def test_a_batch_that_is_undone_twice_tells_once(letter: Letter) -> None:
    keys = [make_published(letter).pk]
    sweep = told(letter)
    sent()
    undo(sweep)
    notices.take_back(sweep, keys)
    assert len(owed(RESTORED)) == 1


@pytest.fixture
def desk() -> Client:
    return log_in(make_moderator("olive@example.org"))


def page_of(desk: Client, sweep: Sweep) -> Any:
    return desk.get(f"/admin/sweeps/sweep/{sweep.pk}/change/")


def test_the_page_shows_what_they_will_read_and_none_of_its_links(
    desk: Client, letter: Letter
) -> None:
    make_published(letter, name="Suzie <b>", language="de")
    page = page_of(desk, found(letter))
    text = page.content.decode()
    assert "Suzie &lt;b&gt;" in text
    assert "Guten Tag" in text
    assert "/s/" not in text
    assert page.context["form"]["tells"].value() is True


def test_who_removes_many_has_to_want_it_and_a_second_moderator_sees_it(
    desk: Client, letter: Letter
) -> None:
    make_many(letter, MOST_ALONE, email_domain="example.org")
    make_published(letter, name="Suzie Signer")
    sweep = found(letter)
    assert page_of(desk, sweep).context["form"]["tells"].value() is False
    begin(sweep, tells=True)
    text = page_of(desk, sweep).content.decode()
    assert "What the e-mail says" in text


def test_the_button_that_begins_carries_the_wish_along(desk: Client, letter: Letter) -> None:
    make_published(letter)
    typed = {"act": "begin", "to": "removed", "reason": "odd names", "tells": "on"}
    sweep = found(letter)
    desk.post(f"/admin/sweeps/sweep/{sweep.pk}/act/", typed)
    sweep.refresh_from_db()
    assert sweep.tells


def test_an_undoing_that_begins_leaves_the_mails_of_others(letter: Letter) -> None:
    make_published(letter)
    first = told(letter)
    other = make_letter(slug="other")
    make_published(other)
    told(other)
    work(begin_undo(first))
    assert [mail.topic for mail in owed()] == [other.topic]
