"""Signatures, the states they can be in, and the ledger that moves the public number."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from openletter.letters.models import Letter, Translation, Update
from openletter.lib.crypto import EncryptedTextField
from openletter.lib.ids import uuid7


class SignatureQuerySet(models.QuerySet["Signature"]):
    def published(self) -> SignatureQuerySet:
        """Those that count."""
        return self.filter(state=Signature.State.PUBLISHED)

    def named(self) -> SignatureQuerySet:
        """Those whose name may be shown to anybody."""
        return self.published().filter(show_name=True)

    def counted(self) -> SignatureQuerySet:
        """Those of which an address has at most one on a letter."""
        return self.filter(state__in=COUNTED)


class Signature(models.Model):
    class State(models.TextChoices):
        PENDING = "pending", _("waiting for confirmation")
        HELD = "held", _("waiting for review")
        PUBLISHED = "published", _("published")
        WITHDRAWN = "withdrawn", _("withdrawn")
        REMOVED = "removed", _("removed")
        EXPIRED = "expired", _("expired")

    class Kind(models.TextChoices):
        PERSON = "person", _("a person")
        ORGANISATION = "organisation", _("an organisation")

    class Way(models.TextChoices):
        LINK = "link", _("by the link in an e-mail to this address")
        CODE = "code", _("by the code from an e-mail to this address")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    letter = models.ForeignKey(
        Letter, on_delete=models.PROTECT, db_index=False, verbose_name=_("letter")
    )
    # The very text that was signed: its version and its language.
    translation = models.ForeignKey(
        Translation, on_delete=models.PROTECT, db_index=False, verbose_name=_("text")
    )
    language = models.CharField(_("language of the e-mails"), max_length=10)
    kind = models.CharField(
        _("signed as"), max_length=12, choices=Kind.choices, default=Kind.PERSON
    )
    name = models.CharField(_("name"), max_length=100)
    title = models.CharField(_("title"), max_length=100, blank=True)
    affiliation = models.CharField(_("affiliation"), max_length=150, blank=True)
    country = CountryField(_("country"), blank=True)
    comment = models.TextField(_("comment"), max_length=500, blank=True)
    email = EncryptedTextField(_("e-mail"))
    # Empty once nobody needs to recognise the address any more; see retention.py.
    email_key = models.BinaryField(max_length=32)
    email_domain = models.CharField(_("e-mail domain"), max_length=255)
    show_name = models.BooleanField(_("name is shown"), default=False)
    wants_updates = models.BooleanField(_("wants updates"), default=False)
    # Whether the name stays on the public list when the rest is deleted after the letter closed.
    keeps_name = models.BooleanField(_("name stays for good"), default=False)
    # Which wording of the consents was agreed to; see consents.py.
    consent = models.CharField(_("consent"), max_length=20)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.PENDING, editable=False
    )
    # What makes it suspect; see limits.py. Some of these hold it for review, none refuses it.
    flags = ArrayField(models.CharField(max_length=20), default=list, editable=False)
    held_because = models.CharField(_("held because"), max_length=60, blank=True, editable=False)
    # Links made for an earlier generation no longer work.
    generation = models.PositiveSmallIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("signed"))
    asked_at = (
        models.DateTimeField()
    )  # when a confirmation was last asked for; links last from here
    reminders = models.PositiveSmallIntegerField(default=0, editable=False)  # sent so far
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    confirmed_by = models.CharField(
        _("confirmed by"), max_length=10, choices=Way.choices, blank=True, editable=False
    )
    # Since when nothing personal is left but, for a while, the hash of the address.
    erased_at = models.DateTimeField(_("erased"), null=True, editable=False)
    # The index of its `signed` entry: the order in which names are listed.
    ledger_index = models.PositiveIntegerField(null=True, editable=False)
    first_position = models.PositiveSmallIntegerField(
        _("place among the first signatories"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Shown before all others, in this order. Empty for everybody else."),
    )

    objects = SignatureQuerySet.as_manager()

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        constraints = [
            models.UniqueConstraint(
                fields=["letter", "email_key"],
                condition=Q(state__in=["held", "published"]) & ~Q(email_key=b""),
                name="one_counted_signature_per_address",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["pending", "expired"]) | Q(confirmed_at__isnull=False),
                name="nothing_counts_unconfirmed",
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(email="", email_domain=""),
                name="an_erased_signature_has_no_address",
            ),
        ]
        indexes = [
            models.Index(fields=["email_key", "letter"], name="signature_by_address"),
            models.Index(
                fields=["letter", "-ledger_index"],
                condition=Q(state="published", show_name=True, first_position=None),
                name="signature_listed",
            ),
            models.Index(
                fields=["letter", "first_position"],
                condition=Q(first_position__isnull=False),
                name="signature_first",
            ),
            models.Index(
                fields=["letter"],
                condition=Q(state="published", show_name=False),
                name="signature_unnamed",
            ),
            models.Index(fields=["state", "asked_at"], name="signature_by_state"),
            models.Index(fields=["letter", "-created_at"], name="signature_newest"),
            models.Index(
                fields=["letter", "id"],
                condition=Q(state="published", wants_updates=True),
                name="signature_wants_updates",
            ),
            models.Index(
                fields=["translation"],
                condition=Q(state="published"),
                name="signature_by_text",
            ),
        ]

    def __str__(self) -> str:
        return f"signature {self.public_id} ({self.state})"

    @property
    def is_organisation(self) -> bool:
        return self.kind == self.Kind.ORGANISATION

    @property
    def country_name(self) -> str:
        return str(self.country.name) if self.country else ""


_S = Signature.State

# Every way a signature can go; there is no other.
ARROWS: dict[str, frozenset[str]] = {
    _S.PENDING: frozenset({_S.PUBLISHED, _S.HELD, _S.EXPIRED}),
    _S.HELD: frozenset({_S.PUBLISHED, _S.REMOVED, _S.WITHDRAWN}),
    _S.PUBLISHED: frozenset({_S.WITHDRAWN, _S.REMOVED, _S.HELD}),
    # Its owner may withdraw it too, so that no moderator brings it back.
    _S.REMOVED: frozenset({_S.PUBLISHED, _S.WITHDRAWN}),
    _S.WITHDRAWN: frozenset(),
    _S.EXPIRED: frozenset(),
}
COUNTED = (_S.HELD, _S.PUBLISHED)


class LedgerEntry(models.Model):
    """One movement of a letter's number. The database refuses to change or delete a row."""

    class Kind(models.TextChoices):
        SIGNED = "signed", _("signed")
        WITHDRAWN = "withdrawn", _("withdrawn")
        REMOVED = "removed", _("removed")
        RESTORED = "restored", _("restored")

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, db_index=False)
    index = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    signature = models.ForeignKey(Signature, on_delete=models.PROTECT)
    at = models.DateTimeField()
    count = models.PositiveIntegerField()  # the letter's number after this entry
    batch = models.UUIDField(null=True)

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


class SentForm(models.Model):
    """One form that arrived, whatever became of it: what the limits count, and nothing else.

    Kept in rows so that no outage of a cache opens a limit; see limits.py.
    """

    # The same as the public id of the attempt, if one was stored.
    reference = models.UUIDField(primary_key=True)
    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, db_index=False)
    # Keyed hash of the network that it came from; None when we cannot know.
    network_key = models.BinaryField(max_length=32, null=True)
    # The same of the block of networks that one customer may have; see lib/networks.py.
    block_key = models.BinaryField(max_length=32, null=True)
    email_domain = models.CharField(max_length=255)
    at = models.DateTimeField()
    # The proof of work that came with it; each is good for one form.
    proof = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["proof"], condition=~Q(proof=""), name="a_proof_is_good_for_one_form"
            )
        ]
        indexes = [
            models.Index(
                fields=["network_key", "at"],
                condition=Q(network_key__isnull=False),
                name="form_by_network",
            ),
            models.Index(
                fields=["block_key", "at"],
                condition=Q(block_key__isnull=False),
                name="form_by_block",
            ),
            models.Index(fields=["email_domain", "at"], name="form_by_domain"),
            models.Index(fields=["at"], name="form_by_time"),
        ]

    def __str__(self) -> str:
        return f"form {self.reference}"


class CodeTries(models.Model):
    """How often a code was typed wrong for a reference that we handed out, with or without a row.

    Kept apart from signatures so that an attempt that was never stored answers like any other.
    """

    reference = models.UUIDField(primary_key=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name_plural = "code tries"

    def __str__(self) -> str:
        return f"{self.tries} tries"


class FormCount(models.Model):
    """How often one form came from one source since a while ago; see form_limits.py."""

    # Keyed hash of the form's name and the source.
    key = models.BinaryField(primary_key=True, max_length=32)
    number = models.PositiveIntegerField(default=1)
    # From then on it counts from the beginning.
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["until"], name="form_count_by_time")]

    def __str__(self) -> str:
        return f"{self.number} until {self.until:%H:%M}"


class Mailing(models.Model):
    """An update on its way to those who signed the letter and asked for updates.

    Its mails are rows of the outbox whose batch is `public_id`. They are owed slice by slice:
    `cursor` is the last signature that was looked at.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("not sent yet")
        SCHEDULED = "scheduled", _("scheduled")
        ENQUEUEING = "enqueueing", _("sending, recipients are being added")
        SENDING = "sending", _("sending")
        PAUSED = "paused", _("paused")
        DONE = "done", _("done")
        CANCELLED = "cancelled", _("cancelled")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    update = models.ForeignKey(
        Update, on_delete=models.PROTECT, related_name="mailings", verbose_name=_("update")
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.DRAFT, editable=False
    )
    starts_at = models.DateTimeField(_("starts"), null=True, blank=True)
    cursor = models.BigIntegerField(default=0, editable=False)
    recipients = models.PositiveIntegerField(_("recipients"), default=0, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("prepared by"),
    )
    started_at = models.DateTimeField(_("started"), null=True, editable=False)
    # Since when every recipient has a row in the outbox.
    enqueued_at = models.DateTimeField(null=True, editable=False)
    # Since when no mail of it will leave any more: all went out, or all were dropped.
    finished_at = models.DateTimeField(_("finished"), null=True, editable=False)

    class Meta:
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["update"],
                condition=Q(finished_at=None),
                name="one_unfinished_mailing_per_update",
            ),
        ]

    def __str__(self) -> str:
        return f"mailing {self.public_id} ({self.state})"


_M = Mailing.State

# Every way a mailing can go; there is no other.
MAILING_ARROWS: dict[str, frozenset[str]] = {
    _M.DRAFT: frozenset({_M.SCHEDULED, _M.CANCELLED}),
    _M.SCHEDULED: frozenset({_M.ENQUEUEING, _M.CANCELLED}),
    _M.ENQUEUEING: frozenset({_M.SENDING, _M.PAUSED, _M.CANCELLED}),
    _M.SENDING: frozenset({_M.DONE, _M.PAUSED, _M.CANCELLED}),
    _M.PAUSED: frozenset({_M.ENQUEUEING, _M.SENDING, _M.CANCELLED}),
    _M.DONE: frozenset(),
    _M.CANCELLED: frozenset(),
}
