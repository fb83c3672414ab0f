"""What somebody says against a decision, and what came of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from openletter.letters.models import Letter
from openletter.moderation.models import AuditEntry
from openletter.signatures.models import Signature

MOST_WORDS = 2000


class AppealQuerySet(models.QuerySet["Appeal"]):
    def waiting(self) -> AppealQuerySet:
        """Those about a signature that is still removed: others are over by themselves."""
        return self.filter(
            outcome=Appeal.Outcome.WAITING,
            signature__state=Signature.State.REMOVED,
            signature__erased_at=None,
        )


class Appeal(models.Model):
    """A signer's answer to the removal of their signature; another moderator decides about it."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RESTORED = "granted", _("restored")
        UPHELD = "denied", _("stays removed")

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE)
    signature = models.ForeignKey(Signature, on_delete=models.CASCADE, related_name="+")
    # Which removal, with its reason: each can be answered once.
    removal = models.OneToOneField(AuditEntry, on_delete=models.PROTECT, related_name="+")
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    # What the rules say of the words, to count which of them are overturned.
    rule = models.CharField(max_length=60, blank=True)
    text = models.TextField(max_length=MOST_WORDS)
    made_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.WAITING)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = AppealQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | Q(removed_by=None) | ~Q(decided_by=F("removed_by")),
                name="nobody_decides_about_an_appeal_against_themselves",
            ),
            models.CheckConstraint(
                condition=Q(outcome="waiting", decided_at=None)
                | ~Q(outcome="waiting") & Q(decided_at__isnull=False),
                name="an_appeal_that_waits_is_not_decided",
            ),
        ]
        indexes = [
            models.Index(
                fields=["made_at", "id"], condition=Q(outcome="waiting"), name="appeal_that_waits"
            ),
        ]

    def __str__(self) -> str:
        return f"appeal {self.pk} ({self.outcome})"
