"""The number of each letter, and every movement of it.

A line knows its signature by id only: the key points up, to a package that is not imported here.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from openletter.letters.models import Letter


class LedgerEntry(models.Model):
    """One movement of a letter's number. The database refuses to change or delete a row."""

    class Kind(models.TextChoices):
        SIGNED = "signed", _("signed")
        WITHDRAWN = "withdrawn", _("withdrawn")
        REMOVED = "removed", _("removed")
        RESTORED = "restored", _("restored")

    letter = models.ForeignKey(
        Letter, on_delete=models.PROTECT, db_index=False, verbose_name=_("letter")
    )
    index = models.PositiveIntegerField(_("line"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    signature = models.ForeignKey(
        "signatures.Signature", on_delete=models.PROTECT, verbose_name=_("signature")
    )
    at = models.DateTimeField(_("time"))
    # The letter's number after this entry.
    count = models.PositiveIntegerField(_("number of signatures"))
    batch = models.UUIDField(_("batch"), null=True)

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        constraints = [
            models.UniqueConstraint(fields=["letter", "index"], name="one_entry_per_index"),
            models.UniqueConstraint(
                fields=["signature"],
                condition=Q(kind="signed"),
                name="one_signed_entry_per_signature",
            ),
        ]
        indexes = [
            # Few: what moved the number otherwise than by a new signature.
            models.Index(
                fields=["letter", "index"], condition=~Q(kind="signed"), name="entry_not_signed"
            )
        ]

    def __str__(self) -> str:
        return f"{self.letter_id}/{self.index} {self.kind}"


class Tally(models.Model):
    """A letter's number. It changes only together with a ledger entry, in one statement."""

    letter = models.OneToOneField(Letter, on_delete=models.PROTECT, primary_key=True)
    next_index = models.PositiveIntegerField(default=0)
    people = models.PositiveIntegerField(default=0)
    organisations = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")
        constraints = [
            models.CheckConstraint(
                condition=Q(next_index__gte=F("people") + F("organisations")),
                name="no_number_without_entries",
            )
        ]

    def __str__(self) -> str:
        return f"{self.letter_id}: {self.people} + {self.organisations}"


class Recount(models.Model):
    """How far a letter's number is counted again, or was the last time; see recounting.py.

    All of it is said of the moment at which it began, when the ledger had `next_index` lines.
    """

    letter = models.OneToOneField(Letter, on_delete=models.CASCADE, primary_key=True)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    # What the tally said, and the last line of the ledger.
    next_index = models.PositiveIntegerField()
    people = models.PositiveIntegerField()
    organisations = models.PositiveIntegerField()
    last_index = models.IntegerField()
    last_count = models.PositiveIntegerField()
    # What was counted so far, among signatures up to this one and below this line of the ledger.
    # The first two are empty again when all signatures are counted.
    signed_at = models.DateTimeField(null=True)
    signature_id = models.BigIntegerField(default=0)
    is_counted = models.BooleanField(default=False)  # all signatures are
    counted = models.IntegerField(default=0)
    counted_people = models.IntegerField(default=0)
    below_index = models.PositiveIntegerField(default=0)
    entries = models.PositiveIntegerField(default=0)
    moved = models.IntegerField(default=0)

    class Meta:
        verbose_name = _("recount")
        verbose_name_plural = _("recounts")

    def __str__(self) -> str:
        return f"recount of {self.letter_id}"

    @property
    def tally(self) -> int:
        return self.people + self.organisations

    @property
    def agrees(self) -> bool:
        """Say whether all ways lead to the same number; it means something at the end only."""
        return (
            self.tally == self.counted == self.moved == self.last_count
            and self.people == self.counted_people
            and self.entries == self.next_index == self.last_index + 1
        )
