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
