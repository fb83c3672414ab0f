"""What somebody says against a decision, and what came of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from openletter.letters.models import Letter
from openletter.lib.crypto import EncryptedTextField
from openletter.lib.db.unique_index import UniqueIndex
from openletter.lib.ids import uuid7
from openletter.moderation.models import AuditEntry
from openletter.signatures.models import COUNTED, Signature
from openletter.sweeps.models import Sweep

MOST_WORDS = 2000
ONE_PER_SWEEP = "one_appeal_per_swept_signature"


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
        OVER = "over", _("decided in another way")

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE)
    signature = models.ForeignKey(Signature, on_delete=models.CASCADE, related_name="+")
    # Which removal, with its reason: each can be answered once.
    removal = models.OneToOneField(
        AuditEntry, on_delete=models.PROTECT, null=True, related_name="+"
    )
    # Or which sweep; the index of what it answers finds it.
    sweep = models.ForeignKey(
        Sweep, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    # Who agreed to the sweep.
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
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
                condition=Q(decided_by=None) | Q(agreed_by=None) | ~Q(decided_by=F("agreed_by")),
                name="whoever_agreed_to_a_sweep_decides_no_appeal_against_it",
            ),
            models.CheckConstraint(
                condition=Q(removal=None, sweep__isnull=False)
                | Q(removal__isnull=False, sweep=None),
                name="an_appeal_is_against_one_removal",
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
            UniqueIndex(
                fields=["sweep", "signature"],
                condition=Q(sweep__isnull=False),
                name=ONE_PER_SWEEP,
            ),
        ]

    def __str__(self) -> str:
        return f"appeal {self.pk} ({self.outcome})"


class ClaimQuerySet(models.QuerySet["Claim"]):
    def waiting(self) -> ClaimQuerySet:
        """Those that were confirmed, about an entry that counts or may count again."""
        return self.filter(
            state=Claim.State.WAITING, signature__state__in=COUNTED, signature__erased_at=None
        )


class Claim(models.Model):
    """Somebody says that a public entry is in their name, or another's, and not by them."""

    class Wrong(models.TextChoices):
        MINE = "mine", _("This is me, and I did not sign.")
        ANOTHERS = "anothers", _("This is somebody else’s name, and they did not sign.")

    class State(models.TextChoices):
        UNCONFIRMED = "not confirmed", _("not confirmed by e-mail")
        WAITING = "claimed", _("waiting")
        REMOVED = "right", _("the entry was removed")
        KEPT = "not right", _("the entry was kept")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    letter = models.ForeignKey(Letter, on_delete=models.CASCADE)
    signature = models.ForeignKey(Signature, on_delete=models.CASCADE, related_name="+")
    wrong = models.CharField(max_length=10, choices=Wrong.choices)
    message = models.TextField(max_length=MOST_WORDS, blank=True)
    language = models.CharField(max_length=10)
    email = EncryptedTextField()
    email_key = models.BinaryField(max_length=32)
    email_domain = models.CharField(max_length=255)
    # Keyed hash of the network that the form came from, to compare with the signature's.
    network_key = models.BinaryField(max_length=32, null=True)
    state = models.CharField(max_length=15, choices=State.choices, default=State.UNCONFIRMED)
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = ClaimQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["signature", "email_key"],
                condition=Q(state__in=["not confirmed", "claimed"]),
                name="one_open_claim_per_address_and_signature",
            ),
            models.CheckConstraint(
                condition=Q(state="not confirmed") | Q(confirmed_at__isnull=False),
                name="nobody_decides_about_an_unconfirmed_claim",
            ),
        ]
        indexes = [
            models.Index(
                fields=["confirmed_at", "id"],
                condition=Q(state="claimed"),
                name="claim_that_waits",
            ),
            models.Index(fields=["email_key"], name="claim_by_address"),
        ]

    def __str__(self) -> str:
        return f"claim {self.pk} ({self.state})"


class LetterClaims(models.Model):
    """What a letter chose: whether a claimed entry is hidden until somebody looked."""

    letter = models.OneToOneField(Letter, on_delete=models.CASCADE, primary_key=True)
    hides_claimed = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"claims about letter {self.pk}"
