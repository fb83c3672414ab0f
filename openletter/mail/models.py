"""The outbox: every mail that is owed or was sent, without its words.

Bodies, links and codes are made when a mail is sent and stored nowhere.
"""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from openletter.lib.crypto import EncryptedTextField


class Lane(models.TextChoices):
    """Which worker sends a mail: somebody waits for `confirm`, nobody for `bulk`."""

    CONFIRM = "confirm", _("somebody waits for it")
    BULK = "bulk", _("nobody waits for it")


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    def due(self, lane: str, now: datetime) -> OutgoingMailQuerySet:
        """Mails to send now that no worker has in hand."""
        unclaimed = Q(lease_until=None) | Q(lease_until__lt=now)
        return self.filter(unclaimed, lane=lane, state=OutgoingMail.State.DUE, due_at__lte=now)


class OutgoingMail(models.Model):
    """One mail to one address. The row is the promise; a worker only keeps it.

    Arrows: due -> sent | bounced | parked | dropped. A mail in flight is due with a lease.
    """

    class State(models.TextChoices):
        DUE = "due", _("due")
        SENT = "sent", _("sent")
        BOUNCED = "bounced", _("refused for good")
        PARKED = "parked", _("given up after many tries")
        DROPPED = "dropped", _("no longer needed")

    kind = models.CharField(_("kind"), max_length=60)
    # Says which mail this is: enqueueing it a second time does nothing.
    dedupe_key = models.CharField(_("dedupe key"), max_length=150, unique=True)
    recipient = EncryptedTextField(_("recipient"))
    recipient_key = models.BinaryField(max_length=32)
    language = models.CharField(_("language"), max_length=10)
    lane = models.CharField(_("lane"), max_length=10, choices=Lane.choices)
    # What the mail is about, and what it counts against, as opaque ids of higher packages.
    about = models.UUIDField()
    topic = models.CharField(max_length=60)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.DUE, editable=False
    )
    # When it was to leave first; `due_at` moves with every retry.
    first_due_at = models.DateTimeField(_("owed from"))
    due_at = models.DateTimeField(_("due"))
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.CharField(_("last error"), max_length=200, blank=True)

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mails")
        indexes = [
            models.Index(
                fields=["lane", "due_at"], condition=Q(state="due"), name="mail_due_by_lane"
            ),
            models.Index(fields=["recipient_key", "topic", "first_due_at"], name="mail_to_address"),
        ]

    def __str__(self) -> str:
        return f"mail {self.pk} ({self.state})"
