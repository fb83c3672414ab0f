"""What people do with a mailing: prepare, test, send, pause, resume, cancel, and watch it.

Each act is recorded. The work itself is done by slices.py, a slice at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from openletter.letters import fingerprints
from openletter.letters.models import Letter, Update
from openletter.letters.publishing import ChangedMeanwhile, Deleted, NotPossible
from openletter.lib.ids import uuid7
from openletter.lib.people.addresses import Recipient
from openletter.mail import outbox
from openletter.mail.limits import throttles
from openletter.mail.models import OutgoingMail, Throttle
from openletter.mailings import recipients
from openletter.mailings.models import MAILING_ARROWS, Mailing
from openletter.moderation import audit

TEST_KIND = "mailings.update_test"
_M = Mailing.State
_MAIL = OutgoingMail.State


@dataclass(frozen=True)
class Progress:
    """How many mails of a mailing left, failed, still wait, and are not needed any more."""

    sent: int
    failed: int
    left: int
    dropped: int

    @property
    def gone(self) -> int:
        """How many need nothing more."""
        return self.sent + self.failed + self.dropped


def progress(mailing: Mailing) -> Progress:
    """Read from the outbox how far a mailing is."""
    states = OutgoingMail.objects.filter(batch=mailing.public_id).values_list("state")
    number = dict(states.annotate(number=Count("pk")).order_by())
    return Progress(
        sent=number.get(_MAIL.SENT, 0) + number.get(_MAIL.COMPLAINED, 0),
        failed=number.get(_MAIL.BOUNCED, 0) + number.get(_MAIL.PARKED, 0),
        left=number.get(_MAIL.DUE, 0),
        dropped=number.get(_MAIL.DROPPED, 0),
    )


@transaction.atomic
def prepare(*, update_id: int, actor_id: int) -> Mailing:
    """Return the update's unfinished mailing, or a new draft of one. Raises `NotPossible`."""
    # Whoever deletes the update waits, and then sees that it is used.
    update = Update.objects.select_for_update(no_key=True).filter(pk=update_id)
    if update.values_list("pk").first() is None:
        raise Deleted
    fresh = Mailing(update_id=update_id, created_by_id=actor_id)
    Mailing.objects.bulk_create([fresh], ignore_conflicts=True)
    unfinished = Mailing.objects.filter(update=update_id, finished_at=None).first()
    # None when the one that stood in the way came to its end just now.
    return unfinished or prepare(update_id=update_id, actor_id=actor_id)


@transaction.atomic
def send_test(*, update_id: int, actor_id: int, recipient: str, now: datetime) -> int:
    """Owe an update to the one who asks, in each of its languages; return how many mails."""
    update = Update.objects.select_related("letter").filter(pk=update_id).first()
    if update is None:
        raise Deleted
    languages = sorted(update.texts.values_list("language", flat=True))
    if not languages:
        raise NotPossible(_("Write and save the update first."))
    for language in languages:
        outbox.enqueue(
            TEST_KIND,
            dedupe_key=f"{TEST_KIND}:{uuid7()}",
            recipient=Recipient.of(recipient),
            language=language,
            about=update.public_id,
            topic=f"test:{update.letter.topic}",  # not what the letter's own mails count against
            now=now,
        )
    audit.record(
        actor_id=actor_id,
        action="test update",
        object_kind="update",
        object_id=update.public_id,
        reason="",
        now=now,
        after={"languages": languages},
    )
    return len(languages)


def check_sendable(mailing: Mailing, *, now: datetime) -> int:
    """Return how many people would get it, or raise `NotPossible` when it cannot begin now."""
    if _M.SCHEDULED not in MAILING_ARROWS[mailing.state]:
        raise NotPossible(not_now(mailing))
    if mailing.update.published_at is None:
        raise NotPossible(_("Publish the update first: the mails lead to its page."))
    if mailing.update.letter.state == Letter.State.DRAFT:
        raise NotPossible(_("Open the letter first: the mails lead to its page."))
    number = recipients.count(mailing.update, now=now)
    if not number:
        raise NotPossible(_("There is nobody to write to: no signatory has asked for updates."))
    return number


@transaction.atomic
def send(
    *,
    mailing_id: int,
    starts_at: datetime | None,
    actor_id: int,
    reason: str = "",
    now: datetime,
    seen: str | None = None,
) -> None:
    """Let a mailing begin now, or at a later time. Raises `NotPossible`.

    `seen` is the fingerprint of the update that somebody was shown; None when nobody had to look.
    """
    mailing = _locked(mailing_id)
    number = check_sendable(mailing, now=now)
    if seen is not None and seen != fingerprints.of_update(mailing.update):
        raise ChangedMeanwhile(
            _(
                "Somebody has changed the update in the meantime. Please look at it again before"
                " you send it."
            )
        )
    _move(mailing, _M.SCHEDULED, starts_at=starts_at or now)
    action = "schedule mailing" if starts_at else "send mailing"
    after = {"recipients": number, "starts_at": (starts_at or now).isoformat()}
    _record(mailing, _M.SCHEDULED, action, actor_id, reason, now, after)


@transaction.atomic
def pause(*, mailing_id: int, actor_id: int, reason: str = "", now: datetime) -> None:
    """Let the mails that no worker has in hand wait. Raises `NotPossible`."""
    mailing = _locked(mailing_id)
    _move(mailing, _M.PAUSED)
    throttles.pause(throttles.batch_key(mailing.public_id), cause=Throttle.Cause.STAFF, now=now)
    _record(mailing, _M.PAUSED, "pause mailing", actor_id, reason, now)


@transaction.atomic
def resume(*, mailing_id: int, actor_id: int, reason: str = "", now: datetime) -> None:
    """Let a paused mailing go on where it was. Raises `NotPossible`."""
    mailing = _locked(mailing_id)
    if mailing.state != _M.PAUSED:
        raise NotPossible(not_now(mailing))
    to = _M.SENDING if mailing.enqueued_at else _M.ENQUEUEING
    _move(mailing, to)
    throttles.release(throttles.batch_key(mailing.public_id))
    _record(mailing, to, "resume mailing", actor_id, reason, now)


@transaction.atomic
def cancel(*, mailing_id: int, actor_id: int, reason: str = "", now: datetime) -> None:
    """Send no more of a mailing, for good. Raises `NotPossible`.

    What a worker has in hand still leaves. The rest is dropped a slice at a time; until then a
    throttle holds it.
    """
    mailing = _locked(mailing_id)
    began = mailing.started_at is not None
    _move(mailing, _M.CANCELLED, finished_at=None if began else now)
    if began:
        throttles.pause(throttles.batch_key(mailing.public_id), cause=Throttle.Cause.STAFF, now=now)
    _record(mailing, _M.CANCELLED, "cancel mailing", actor_id, reason, now)


def _locked(mailing_id: int) -> Mailing:
    mailings = Mailing.objects.select_for_update(of=("self",)).select_related("update__letter")
    mailing = mailings.filter(pk=mailing_id).first()
    if mailing is None:
        raise Deleted
    return mailing


def _move(mailing: Mailing, to: Mailing.State, **changes: object) -> None:
    if to not in MAILING_ARROWS[mailing.state]:
        raise NotPossible(not_now(mailing))
    before = Mailing.objects.filter(pk=mailing.pk, state=mailing.state)
    if not before.update(state=to, **changes):
        raise NotPossible(not_now(mailing))


def not_now(mailing: Mailing) -> str:
    """Return a sentence for an act that does not fit a mailing's state."""
    return _("This is not possible now. The mailing’s status: %(state)s.") % {
        "state": mailing.get_state_display()
    }


def _record(
    mailing: Mailing,
    to: Mailing.State,
    action: str,
    actor_id: int,
    reason: str,
    now: datetime,
    after: dict[str, object] | None = None,
) -> None:
    audit.record(
        actor_id=actor_id,
        action=action,
        object_kind="mailing",
        object_id=mailing.public_id,
        reason=reason,
        now=now,
        before={"state": mailing.state},
        after={"state": to.value, **(after or {})},
    )
