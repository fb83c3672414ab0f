"""Numbers about the signatures of a letter, as they were when they were counted last.

Two ways lead to them. What moved the public number follows the ledger line by line and is exact
(`Movement`); everything else is counted again and again, a slice of signatures at a time.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from openletter.ledger.models import LedgerEntry
from openletter.letters.models import Letter


class Census(models.Model):
    """How far all signatures are counted, or were the last time; there is one row."""

    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    # Up to which signature, and what was found so far (counting.py); empty again at the end.
    signature_id = models.BigIntegerField(default=0)
    found = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("count of all signatures")
        verbose_name_plural = _("counts of all signatures")

    def __str__(self) -> str:
        return f"count since {self.began_at}"


class LetterCount(models.Model):
    """How many signatures of a letter are in each state that is not the public number."""

    letter = models.OneToOneField(Letter, on_delete=models.CASCADE, primary_key=True)
    counted_at = models.DateTimeField()  # when the count began
    pending = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    held_since = models.DateTimeField(null=True)  # when the oldest of them was signed
    removed = models.PositiveIntegerField(default=0)
    withdrawn = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("numbers of a letter")
        verbose_name_plural = _("numbers of letters")

    def __str__(self) -> str:
        return f"numbers of {self.letter_id}"


class CountryCount(models.Model):
    """How many published signatures of a letter come from a country; "" for those without one."""

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, db_index=False)
    country = models.CharField(max_length=2, blank=True)
    signatures = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("numbers of a country")
        verbose_name_plural = _("numbers of countries")
        constraints = [
            models.UniqueConstraint(fields=["letter", "country"], name="one_number_per_country")
        ]

    def __str__(self) -> str:
        return f"{self.letter_id} {self.country}"


class HourCount(models.Model):
    """What became, in an hour, of a letter's signatures; of the last weeks only."""

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, db_index=False)
    hour = models.DateTimeField()  # its beginning
    signed = models.PositiveIntegerField(default=0)  # forms that were sent
    confirmed = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)  # those confirmed then that are held now

    class Meta:
        verbose_name = _("numbers of an hour")
        verbose_name_plural = _("numbers of hours")
        constraints = [models.UniqueConstraint(fields=["letter", "hour"], name="one_row_per_hour")]

    def __str__(self) -> str:
        return f"{self.letter_id} {self.hour}"


class OpenedCount(models.Model):
    """How many pages to confirm a signature were opened in an hour, and on how many one pressed.

    Only the first time counts. Domains are those of large mail providers; "" stands for all others.
    Of the last weeks only.
    """

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, db_index=False)
    hour = models.DateTimeField()  # its beginning
    domain = models.CharField(max_length=255, blank=True)
    opened = models.PositiveIntegerField(default=0)
    pressed = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("opened pages of an hour")
        verbose_name_plural = _("opened pages of hours")
        constraints = [
            models.UniqueConstraint(
                fields=["letter", "hour", "domain"], name="one_row_per_hour_and_domain"
            )
        ]
        indexes = [models.Index(fields=["hour"], name="opened_pages_by_hour")]

    def __str__(self) -> str:
        return f"{self.letter_id} {self.hour} {self.domain}"


class Followed(models.Model):
    """Up to which line a letter's ledger stands in `Movement`."""

    letter = models.OneToOneField(Letter, on_delete=models.CASCADE, primary_key=True)
    next_index = models.PositiveIntegerField(default=0)
    # When the number moved last, among the lines that were followed.
    moved_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("followed ledger")
        verbose_name_plural = _("followed ledgers")

    def __str__(self) -> str:
        return f"{self.letter_id} up to {self.next_index}"


class Movement(models.Model):
    """How many lines of one kind a letter's ledger got in an hour, in a batch or by hand."""

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, db_index=False)
    hour = models.DateTimeField()  # its beginning
    kind = models.CharField(max_length=10, choices=LedgerEntry.Kind.choices)
    batch = models.UUIDField(null=True)
    lines = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("movement of a number")
        verbose_name_plural = _("movements of numbers")
        constraints = [
            models.UniqueConstraint(
                fields=["letter", "hour", "kind", "batch"],
                name="one_movement_per_hour_kind_and_batch",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.letter_id} {self.hour} {self.kind}"


class Alert(models.Model):
    """When moderators were told last that something happens under a letter."""

    class Kind(models.TextChoices):
        MANY = "many", _("many signatures are held")
        LONG = "long", _("a signature is held for long")
        BURST = "burst", _("many more sign than usual")

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, db_index=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    told_at = models.DateTimeField()

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        constraints = [
            models.UniqueConstraint(fields=["letter", "kind"], name="one_alert_of_a_kind")
        ]

    def __str__(self) -> str:
        return f"{self.letter_id} {self.kind}"


class WithoutAlerts(models.Model):
    """An account that wants no mail about what happens under letters."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True
    )

    class Meta:
        verbose_name = _("account without alerts")
        verbose_name_plural = _("accounts without alerts")

    def __str__(self) -> str:
        return f"account {self.user_id}"
