"""Who gets an update by mail, that nobody gets it twice, and what is refused."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from openletter.letters.models import Update
from openletter.letters.publishing import NotPossible
from openletter.lib.people.addresses import email_key
from openletter.mail import personal
from openletter.mail.limits import throttles
from openletter.mail.models import OutgoingMail, SuppressedAddress, Throttle
from openletter.mail.outbox import claims, delivery, suppression
from openletter.mail.transport import smtp_replies
from openletter.mailings import flows, recipients, slices
from openletter.mailings.models import Mailing
from openletter.moderation.models import AuditEntry
from openletter.self_service import mail_choices
from openletter.signatures.models import Signature
from tests.factories import decide, make_letter, make_published, make_signature, make_update
from tests.mail.outgoing import claim_at
from tests.mailings.steps import (
    M,
    do,
    enqueueing,
    is_finished,
    owed,
    prepared,
    sending,
    sent_off,
    signers,
    work,
)

pytestmark = pytest.mark.django_db


def wanted_by(update: Update) -> int:
    return recipients.count(update, now=timezone.now())


# --- Who gets it ---


def test_only_published_signatories_who_asked_for_updates_get_it() -> None:
    letter = make_letter()
    (wanted,) = signers(1, letter=letter)
    make_published(letter)
    make_signature(letter, wants_updates=True)
    make_signature(letter, wants_updates=True, state="held", confirmed_at=timezone.now())
    make_published(make_letter(slug="another"), wants_updates=True)
    update = make_update(letter)
    assert wanted_by(update) == 1
    assert owed(sending(update)) == {wanted.public_id}


@pytest.mark.parametrize("topic", ["letter", ""])
def test_a_suppressed_address_gets_none(topic: str) -> None:
    stopped, wanted = signers(2)
    suppression.suppress(
        email_key=bytes(stopped.email_key),
        topic=stopped.letter.topic if topic else suppression.EVERYTHING,
        reason=SuppressedAddress.Reason.STOP,
        now=timezone.now(),
    )
    update = make_update()
    assert wanted_by(update) == 1
    assert owed(sending(update)) == {wanted.public_id}


def test_a_suppression_about_another_letter_does_not_matter() -> None:
    (wanted,) = signers(1)
    suppression.suppress(
        email_key=bytes(wanted.email_key),
        topic="letter:0",
        reason=SuppressedAddress.Reason.NOT_ME,
        now=timezone.now(),
    )
    assert wanted_by(make_update()) == 1


def test_the_address_is_copied_as_it_is_stored() -> None:
    (person,) = signers(1, email="Suzie+x@example.org", language="de")
    mailing = sending()
    mail = OutgoingMail.objects.get(batch=mailing.public_id)
    assert (mail.recipient, mail.recipient_domain) == ("Suzie+x@example.org", "example.org")
    assert bytes(mail.recipient_key) == email_key("suzie+x@example.org")
    assert (mail.language, mail.lane, mail.kind) == ("de", "bulk", "mailings.update")
    assert (mail.about, mail.topic) == (person.public_id, person.letter.topic)
    with connection.cursor() as cursor:
        cursor.execute("SELECT recipient FROM mail_outgoingmail WHERE lane = 'bulk'")
        assert "@" not in cursor.fetchone()[0]


def test_ids_made_by_the_database_are_like_our_own() -> None:
    signers(3)
    mailing = sending()
    ids = list(OutgoingMail.objects.filter(batch=mailing.public_id).values_list("pk", flat=True))
    assert len(set(ids)) == 3
    assert all((one.version, one.variant) == (7, "specified in RFC 4122") for one in ids)
    made = [one.int >> 80 for one in ids]
    assert all(abs(at / 1000 - timezone.now().timestamp()) < 60 for at in made)


# --- Nobody twice ---


def test_f23_work_done_again_and_again_owes_nobody_a_second_mail() -> None:
    people = signers(7)
    mailing = enqueueing()
    for _ in range(3):
        work(mailing)
    Mailing.objects.update(state=M.ENQUEUEING, cursor=0)  # as after a restore of an old row
    work(mailing)
    mails = OutgoingMail.objects.filter(batch=mailing.public_id)
    assert mails.count() == len(people)
    assert Mailing.objects.get().recipients == len(people)


@pytest.mark.django_db(transaction=True)
def test_f23_two_workers_at_once_skip_nobody_and_owe_nobody_twice() -> None:
    people = signers(60)
    mailing = enqueueing()
    start = threading.Barrier(2)

    def one_worker() -> None:
        start.wait()
        while Mailing.objects.filter(pk=mailing.pk, state=M.ENQUEUEING).exists():
            slices.enqueue_slice(mailing.pk, now=timezone.now(), size=4)
        connection.close()

    threads = [threading.Thread(target=one_worker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    mailing.refresh_from_db()
    assert owed(mailing) == {person.public_id for person in people}
    assert mailing.recipients == OutgoingMail.objects.filter(lane="bulk").count() == 60


@pytest.mark.django_db(transaction=True)
def test_a_worker_passes_by_a_mailing_that_another_has_in_hand() -> None:
    signers(1)
    mailing = enqueueing()
    more: list[bool] = []

    def another_worker() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = 1")  # waiting would raise
        more.append(slices.enqueue_slice(mailing.pk, now=timezone.now()))
        connection.close()

    with transaction.atomic():
        Mailing.objects.select_for_update().get(pk=mailing.pk)
        thread = threading.Thread(target=another_worker)
        thread.start()
        thread.join()
    assert more == [False]
    assert owed(mailing) == set()


@pytest.mark.django_db(transaction=True)
def test_f06_a_worker_killed_in_the_middle_of_a_slice_leaves_nothing_half_done() -> None:
    people = signers(4)
    mailing = enqueueing()
    with transaction.atomic():
        slices.enqueue_slice(mailing.pk, now=timezone.now(), size=2)
        transaction.set_rollback(True)  # its connection ends before the commit
    assert owed(mailing) == set()
    work(mailing)
    assert owed(mailing) == {person.public_id for person in people}


def test_an_update_has_one_unfinished_mailing_at_a_time() -> None:
    mailing = prepared()
    assert prepared(mailing.update).pk == mailing.pk
    with pytest.raises(IntegrityError), transaction.atomic():
        Mailing.objects.create(update=mailing.update)


def test_a_second_mailing_reaches_only_who_signed_since(mailoutbox: list[Any]) -> None:
    signers(3)
    update = make_update()
    first = sending(update)
    delivery.deliver_due("bulk")
    work(first)
    (new,) = signers(1)
    assert wanted_by(update) == 1
    second = sending(update)
    assert second.pk != first.pk
    assert owed(second) == {new.public_id}


def test_a_mailing_after_the_records_are_gone_reaches_nobody_a_second_time(
    settings: Any, mailoutbox: list[Any]
) -> None:
    signers(3)
    update = make_update()
    first = sending(update)
    delivery.deliver_due("bulk")
    work(first)
    long_ago = timezone.now() - timedelta(days=settings.KEEP_MAILS_DAYS, hours=1)
    Mailing.objects.update(started_at=long_ago)
    OutgoingMail.objects.update(first_due_at=long_ago)
    personal.expire(now=timezone.now(), limit=1000, dry_run=False)
    assert not OutgoingMail.objects.filter(lane="bulk").exists()
    assert wanted_by(update) == 0
    (new,) = signers(1)
    assert wanted_by(update) == 1
    assert owed(sending(update)) == {new.public_id}


def test_after_a_cancel_another_mailing_reaches_who_got_nothing(mailoutbox: list[Any]) -> None:
    people = signers(3)
    update = make_update()
    first = sending(update)
    reached = OutgoingMail.objects.filter(lane="bulk").earliest("due_at")
    OutgoingMail.objects.filter(pk=reached.pk).update(state="sent", sent_at=timezone.now())
    do(flows.cancel, first)
    work(first)
    assert wanted_by(update) == 2
    second = sending(update)
    assert owed(second) == {person.public_id for person in people} - {reached.about}


def test_a_mail_in_a_workers_hands_survives_a_cancel_and_is_never_sent_again() -> None:
    signers(2)
    update = make_update()
    mailing = sending(update)
    OutgoingMail.objects.filter(lane="confirm").delete()
    now = timezone.now() + timedelta(seconds=5)
    in_hand = claim_at("bulk", now)
    assert len(in_hand) == 2
    do(flows.cancel, mailing)
    work(mailing)
    assert not is_finished(mailing)  # not before the worker says what became of them
    delivery.record(in_hand[0], smtp_replies.SENT, now=now)
    after_the_lease = now + claims.LEASE + timedelta(seconds=1)
    slices.work(now=after_the_lease)  # the other worker died with its mail
    assert is_finished(mailing)
    assert flows.progress(mailing) == flows.Progress(sent=1, failed=0, left=0, dropped=1)
    assert wanted_by(update) == 0  # that one may have arrived


# --- Who went away in between ---


def opt_out(person: Signature) -> None:
    mail_choices.stop_updates(person, now=timezone.now())


def withdraw(person: Signature) -> None:
    mail_choices.not_me(person, now=timezone.now())


def stop_all(person: Signature) -> None:
    mail_choices.stop_all_mail(person, now=timezone.now())


def be_removed(person: Signature) -> None:
    decide(person, Signature.State.REMOVED)


@pytest.mark.parametrize("leave", [opt_out, withdraw, stop_all, be_removed])
def test_whoever_goes_away_in_between_gets_none(
    leave: Callable[[Signature], None], mailoutbox: list[Any]
) -> None:
    away, stays = signers(2)
    mailing = sending()
    leave(away)
    assert delivery.deliver_due("bulk") == 1
    (message,) = mailoutbox
    assert message.to == [stays.email]
    work(mailing)
    assert flows.progress(mailing) == flows.Progress(sent=1, failed=0, left=0, dropped=1)
    assert mailing.state == "done"


# --- What is refused, and what is recorded ---


def test_an_update_that_is_not_published_is_not_sent() -> None:
    signers(1)
    mailing = prepared(make_update(published=False))
    with pytest.raises(NotPossible):
        do(flows.send, mailing, starts_at=None)
    assert Mailing.objects.get().state == "draft"


def test_a_mailing_to_nobody_is_refused() -> None:
    make_published()
    with pytest.raises(NotPossible):
        sent_off()


def test_i11_every_act_is_recorded_with_who_and_why() -> None:
    signers(1)
    mailing = sending()
    do(flows.pause, mailing, reason="a wrong date")
    do(flows.resume, mailing)
    do(flows.cancel, mailing)
    entries = AuditEntry.objects.filter(object_id=str(mailing.public_id)).order_by("pk")
    assert [entry.action for entry in entries] == [
        "send mailing", "pause mailing", "resume mailing", "cancel mailing",
    ]  # fmt: skip
    assert {entry.actor for entry in entries} == {mailing.created_by}
    assert entries[1].reason == "a wrong date"
    assert (entries[1].before, entries[1].after) == ({"state": "sending"}, {"state": "paused"})
    assert entries[0].after["recipients"] == 1


def test_progress_counts_every_state() -> None:
    signers(6)
    mailing = sending()
    states = ["sent", "complained", "bounced", "parked", "due", "dropped"]
    for mail, state in zip(OutgoingMail.objects.filter(lane="bulk"), states, strict=True):
        OutgoingMail.objects.filter(pk=mail.pk).update(state=state)
    assert flows.progress(mailing) == flows.Progress(sent=2, failed=2, left=1, dropped=1)


def test_a_paused_mailing_on_a_slowed_letter_stays_paused(mailoutbox: list[Any]) -> None:
    signers(2)
    mailing = sending()
    topic = mailing.update.letter.topic
    throttles.slow(topic, per_minute=60, cause=Throttle.Cause.UNCONFIRMED, now=timezone.now())
    do(flows.pause, mailing)
    assert delivery.deliver_due("bulk") == 0
