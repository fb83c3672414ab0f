"""The outbox and what steers it: every mail that is owed or was sent, without its words.

Bodies, links and codes are made when a mail is sent and stored nowhere.
"""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from openletter.lib.crypto import EncryptedTextField
from openletter.lib.ids import uuid7
from openletter.lib.work.leases import Leased

# Stands for no batch where NULL would be no value to compare.
NO_BATCH = UUID(int=0)


class Lane(models.TextChoices):
    """Which worker sends a mail: somebody waits for `confirm`, nobody for `bulk`."""

    CONFIRM = "confirm", _("somebody is waiting for it")
    BULK = "bulk", _("nobody is waiting for it")


class OutgoingMail(Leased):
    """One mail to one address. The row is the promise; a worker only keeps it.

    A mail in flight is due with a lease. ARROWS below lists every way a mail can go.
    """

    class State(models.TextChoices):
        DUE = "due", _("due")
        SENT = "sent", _("sent")
        BOUNCED = "bounced", _("permanently refused")
        COMPLAINED = "complained", _("marked as spam")
        PARKED = "parked", _("given up after many attempts")
        DROPPED = "dropped", _("no longer needed")

    # Also the Message-ID and the return path, so that a copy or a bounce finds its row.
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("kind"), max_length=60)
    # Says which mail this is: enqueueing it a second time does nothing.
    dedupe_key = models.CharField(max_length=150, unique=True)
    recipient = EncryptedTextField(_("recipient"))
    recipient_key = models.BinaryField(max_length=32)
    # The same without the address's tag; None where there is none, or the provider is known.
    mailbox_key = models.BinaryField(max_length=32, null=True)
    recipient_domain = models.CharField(_("domain"), max_length=255)
    language = models.CharField(_("language"), max_length=10)
    lane = models.CharField(_("lane"), max_length=10, choices=Lane.choices)
    # What the mail is about, and what it counts against, as opaque ids of higher packages.
    about = models.UUIDField()
    topic = models.CharField(max_length=60)
    # All mails of one mailing; None for a mail by itself.
    batch = models.UUIDField(null=True)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.DUE, editable=False
    )
    # When it was to leave first; `due_at` moves with every retry.
    first_due_at = models.DateTimeField(_("first due"))
    lease_until = models.DateTimeField(_("being sent until"), null=True)  # in words of mail
    sent_at = models.DateTimeField(_("sent"), null=True)
    tried_at = models.DateTimeField(_("last tried"), null=True)
    error = models.CharField(_("last error"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mails")
        indexes = [
            # What may leave, by all that can hold it back (mail/limits/streams.py), and the same in
            # an order that has to do with nothing (mail/outbox/queue_length.py). Each condition
            # also says what is always so, and only who says that too is given the index: while
            # PostgreSQL believes that little waits, it would read all of the other one and sort.
            models.Index(
                F("lane"),
                F("topic"),
                F("kind"),
                Coalesce("batch", Value(NO_BATCH, models.UUIDField())),
                F("due_at"),
                F("id"),
                condition=Q(state="due", kind__gt=""),
                name="mail_due_by_stream",
            ),
            models.Index(
                fields=["lane", "recipient_key"],
                condition=Q(state="due", attempts__gte=0),
                name="mail_due_sample",
            ),
            models.Index(fields=["recipient_key", "first_due_at"], name="mail_to_address"),
            models.Index(
                fields=["mailbox_key", "first_due_at"],
                condition=Q(mailbox_key__isnull=False),
                name="mail_to_tagged_address",
            ),
            models.Index(fields=["about"], condition=Q(lane="confirm"), name="mail_about"),
            models.Index(
                fields=["lane", "sent_at"],
                include=["topic", "state"],
                condition=Q(sent_at__isnull=False),
                name="mail_sent",
            ),
            models.Index(
                fields=["topic", "kind", "sent_at"],
                condition=Q(sent_at__isnull=False),
                name="mail_sent_by_topic",
            ),
            models.Index(fields=["first_due_at"], condition=~Q(state="due"), name="mail_to_forget"),
            models.Index(fields=["batch"], condition=Q(batch__isnull=False), name="mail_of_batch"),
            # Costs nothing until a mail fails: alarms look for these.
            models.Index(
                fields=["lane", "tried_at"],
                condition=Q(state="due", tried_at__isnull=False),
                name="mail_tried_in_vain",
            ),
            models.Index(fields=["tried_at"], condition=Q(state="parked"), name="mail_given_up"),
            # As little: the delivery page counts these.
            models.Index(
                fields=["state", "first_due_at"],
                include=["lane", "topic", "error"],
                condition=Q(state__in=["bounced", "complained", "parked", "dropped"]),
                name="mail_failed",
            ),
        ]

    def __str__(self) -> str:
        return f"mail {self.pk} ({self.state})"

    @property
    def mailbox(self) -> bytes:
        """The key that all addresses share which probably arrive in one mailbox."""
        return bytes(self.mailbox_key or self.recipient_key)


_S = OutgoingMail.State

# Every way a mail can go. `due -> due` is a try that failed and waits for the next one.
ARROWS: dict[str, frozenset[str]] = {
    _S.DUE: frozenset({_S.DUE, _S.SENT, _S.BOUNCED, _S.PARKED, _S.DROPPED}),
    _S.SENT: frozenset({_S.BOUNCED, _S.COMPLAINED}),
    _S.PARKED: frozenset({_S.DUE, _S.BOUNCED}),  # staff may try a parked mail again
    _S.BOUNCED: frozenset(),
    _S.COMPLAINED: frozenset(),
    _S.DROPPED: frozenset(),
}


class SuppressedAddress(models.Model):
    """An address that gets no mail, by its keyed hash: on one topic, or on none ("" is all)."""

    class Reason(models.TextChoices):
        BOUNCE = "bounce", _("permanently refused")
        COMPLAINT = "complaint", _("marked as spam")
        NOT_ME = "not_me", _("entered by somebody else")
        STOP = "stop", _("wants no more e-mails")

    email_key = models.BinaryField(max_length=32)
    topic = models.CharField(max_length=60, blank=True)
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices)
    at = models.DateTimeField(_("since"))
    # When one mail was let through all the same, because somebody asked for it; see `allow_once`.
    excepted_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")
        constraints = [
            models.UniqueConstraint(
                fields=["email_key", "topic"], name="one_suppression_per_address_and_topic"
            )
        ]
        indexes = [
            models.Index(fields=["topic"], condition=~Q(topic=""), name="suppression_by_topic")
        ]

    def __str__(self) -> str:
        return f"suppressed {self.pk} ({self.reason})"


class Throttle(models.Model):
    """Mails of one topic or batch that wait (`paused`) or leave slowly (`per_minute`), and why."""

    class Cause(models.TextChoices):
        UNCONFIRMED = "unconfirmed", _("hardly anybody confirms")
        BOUNCES = "bounces", _("too many addresses that do not exist")
        COMPLAINTS = "complaints", _("too many people marking it as spam")
        STAFF = "staff", _("paused by hand")

    key = models.CharField(primary_key=True, max_length=60)  # a topic, or "batch:<uuid>"
    paused = models.BooleanField(default=False)
    per_minute = models.PositiveIntegerField(null=True)
    cause = models.CharField(_("because"), max_length=12, choices=Cause.choices)
    at = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("throttle")
        verbose_name_plural = _("throttles")

    def __str__(self) -> str:
        return f"{self.key}: {self.cause}"


class DomainPause(models.Model):
    """A recipient domain that asked us to slow down (421, 4.7.x), and until when."""

    domain = models.CharField(primary_key=True, max_length=255)
    until = models.DateTimeField()
    strikes = models.PositiveSmallIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["until"], name="domain_pause_by_end")]

    def __str__(self) -> str:
        return f"{self.domain} until {self.until:%H:%M}"


class MailDomain(models.Model):
    """Whether a domain takes mail at all, as its name servers said when we asked."""

    domain = models.CharField(primary_key=True, max_length=255)
    takes_mail = models.BooleanField()
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.domain}: {self.takes_mail}"


class SentInMinute(models.Model):
    """How many mails were taken in hand in a minute: the quota that all workers share."""

    minute = models.DateTimeField(primary_key=True)
    number = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.minute:%H:%M}: {self.number}"


class MailEvent(models.Model):
    """A bounce or complaint that somebody reported; reported twice, it counts once."""

    provider = models.CharField(max_length=30)
    event_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    mail_id = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "event_id"], name="one_row_per_event")
        ]
        indexes = [
            models.Index(fields=["at"], name="mail_event_by_time"),
            models.Index(fields=["mail_id"], name="mail_event_of_mail"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.kind} {self.pk}"
