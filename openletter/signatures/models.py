"""Signatures, the states they can be in, and what their forms leave for the limits."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from openletter.letters import asked_fields
from openletter.letters.asked_fields import AskedField
from openletter.letters.models import Letter, Translation
from openletter.lib.crypto import EncryptedTextField
from openletter.lib.db.search import SearchField
from openletter.lib.ids import uuid7
from openletter.lib.people import network_owners
from openletter.lib.people.names import MAX_NAME_LENGTH, MOST_OF_ONE
from openletter.signatures import countries

ONE_PER_ADDRESS = "one_counted_signature_per_address"
# What staff search signatures by.
SEARCHED = ("name", "represented_by", *asked_fields.SEARCHED)


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
        LINK = "link", _("with the link from our e-mail")
        CODE = "code", _("with the code from our e-mail")

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
    # These have room for what composing makes of the longest that may be typed.
    name = models.CharField(_("name"), max_length=MOST_OF_ONE * MAX_NAME_LENGTH)
    # The person who signs for an organisation, with their role. The database has a default, so that
    # a process of the version before can go on storing signatures.
    represented_by = models.CharField(
        _("who signs for the organisation"),
        max_length=MOST_OF_ONE * MAX_NAME_LENGTH,
        blank=True,
        default="",
        db_default="",
    )
    title = models.CharField(
        asked_fields.TITLE.label, max_length=MOST_OF_ONE * asked_fields.TITLE.longest, blank=True
    )
    affiliation = models.CharField(
        asked_fields.AFFILIATION.label,
        max_length=MOST_OF_ONE * asked_fields.AFFILIATION.longest,
        blank=True,
    )
    country = CountryField(asked_fields.COUNTRY.label, blank=True)
    # Where a process of the version before changed the words, the database empties it, and
    # search_words.py makes it anew.
    search_text = SearchField(of=SEARCHED)
    comment = models.TextField(
        asked_fields.COMMENT.label, max_length=asked_fields.COMMENT.longest, blank=True
    )
    email = EncryptedTextField(_("e-mail"))
    # Empty once nobody needs to recognise the address any more; see retention.py.
    email_key = models.BinaryField(max_length=32)
    email_domain = models.CharField(_("e-mail domain"), max_length=255)
    show_name = models.BooleanField(_("name is shown"), default=False)
    wants_updates = models.BooleanField(_("wants updates"), default=False)
    # Whether the name stays on the public list when the rest is deleted after the letter closed.
    retain_name = models.BooleanField(_("name stays for good"), default=False, db_default=False)
    # Which wording of the consents was agreed to; see consents.py.
    consent = models.CharField(_("consent"), max_length=20)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.PENDING, editable=False
    )
    # What makes it suspect (signatures/abuse/flags.py). Some hold it for review, none refuses it.
    flags = ArrayField(models.CharField(max_length=20), default=list, db_default=[], editable=False)
    held_because = models.CharField(_("held because"), max_length=60, blank=True, editable=False)
    # Moves by itself, in the database, whenever what it says changes: its words, its
    # country, its kind. Whoever acts on words names the revision that they saw.
    revision = models.PositiveIntegerField(
        _("revision of the words"), default=0, db_default=0, editable=False
    )
    # Why a person looks when the address signs again: it was removed, or taken back while it was
    # held. Outlives withdrawing and erasing, until a moderator publishes one of the address.
    verdict = models.CharField(max_length=60, blank=True, default="", db_default="", editable=False)
    # Links made for an earlier generation no longer work.
    generation = models.PositiveSmallIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("signed"))
    asked_at = (
        models.DateTimeField()
    )  # when a confirmation was last asked for; links last from here
    # How many have had their turn: sent, or passed over because a newer attempt was reminded of.
    reminders = models.PositiveSmallIntegerField(default=0, editable=False)
    # While it waits: whether the page of its link was opened; see opened_pages.py.
    page_opened = models.BooleanField(default=False, db_default=False, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    confirmed_by = models.CharField(
        _("confirmed by"),
        max_length=10,
        choices=Way.choices,
        blank=True,
        default="",
        db_default="",
        editable=False,
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
        help_text=_("Shown before all others, in this order. Leave it empty for everybody else."),
    )

    objects = SignatureQuerySet.as_manager()

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        constraints = [
            models.UniqueConstraint(
                fields=["letter", "email_key"],
                condition=Q(state__in=["held", "published"]) & ~Q(email_key=b""),
                name=ONE_PER_ADDRESS,
            ),
            models.CheckConstraint(
                condition=Q(state__in=["pending", "expired"]) | Q(confirmed_at__isnull=False),
                name="nothing_counts_unconfirmed",
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(email="", email_domain=""),
                name="an_erased_signature_has_no_address",
            ),
            models.CheckConstraint(
                condition=Q(verdict="") | ~Q(email_key=b""),
                name="a_verdict_goes_with_the_hash_of_its_address",
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(erased_at=None) | Q(ledger_index__isnull=False),
                name="what_is_erased_does_not_begin_to_count",
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
                condition=Q(state="published", show_name=True, first_position__isnull=False),
                name="signature_first",
            ),
            models.Index(
                fields=["letter"],
                include=["erased_at"],
                condition=Q(state="published", show_name=False),
                name="signature_unnamed",
            ),
            models.Index(fields=["state", "asked_at"], name="signature_by_state"),
            models.Index(
                fields=["letter", "reminders", "asked_at"],
                condition=Q(state="pending", reminders__lt=2),
                name="signature_to_remind",
            ),
            # For lists of the desk, newest first: what was confirmed, of all letters and of one;
            # everything that is not public, by its state; and what is rare by what it is.
            models.Index(
                fields=["-created_at", "-id"],
                condition=Q(confirmed_at__isnull=False),
                name="signature_newest",
            ),
            models.Index(
                fields=["letter", "-created_at", "-id"],
                condition=Q(confirmed_at__isnull=False),
                name="signature_newest_of_letter",
            ),
            models.Index(
                fields=["state", "-created_at", "-id"],
                condition=~Q(state="published"),
                name="signature_newest_in_state",
            ),
            # What waits for a moderator under a letter, the oldest first.
            models.Index(
                fields=["letter", "created_at", "id"],
                condition=Q(state="held"),
                name="signature_held",
            ),
            models.Index(
                fields=["-created_at", "-id"],
                condition=Q(kind="organisation"),
                name="signature_newest_organisations",
            ),
            models.Index(
                fields=["held_because", "-created_at", "-id"],
                condition=~Q(held_because=""),
                name="signature_newest_held_because",
            ),
            models.Index(
                fields=["-created_at", "-id"],
                condition=~Q(flags=[]),
                name="signature_newest_flagged",
            ),
            # What is left to do where retention has ended; of what counts there is the constraint.
            models.Index(
                fields=["letter", "id"],
                condition=~Q(state__in=["held", "published"]) & ~Q(email_key=b""),
                name="signature_not_counted",
            ),
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
            # Who signs adds nothing to it, and who confirms only a line to a list, which
            # search_words.py takes in.
            GinIndex(
                OpClass("search_text", name="gin_trgm_ops"),
                condition=Q(confirmed_at__isnull=False),
                name="signature_by_words",
            ),
            models.Index(
                fields=["id"],
                condition=Q(search_text="") & ~Q(name=""),
                name="signature_without_search_text",
            ),
        ]

    def __str__(self) -> str:
        # Kept by the admin's log of changes, so without the name.
        return _("signature of %(date)s (%(state)s)") % {
            "date": date_format(localtime(self.created_at), "SHORT_DATE_FORMAT"),
            "state": self.get_state_display(),
        }

    @property
    def is_organisation(self) -> bool:
        return self.kind == self.Kind.ORGANISATION

    @property
    def country_name(self) -> str:
        return countries.name_of(str(self.country.code or ""))

    def answers(self) -> list[tuple[AskedField, str]]:
        """Return what it says in answer to its letter's questions, as people read it."""
        answers = (
            (
                field,
                self.country_name if field is asked_fields.COUNTRY else getattr(self, field.name),
            )
            for field in asked_fields.FIELDS
        )
        return [(field, answer) for field, answer in answers if answer]

    def beside_name(self) -> list[str]:
        """Return of these what stands beside the name wherever it is shown, on one line."""
        return [
            answer for field, answer in self.answers() if field.name in asked_fields.BESIDE_NAME
        ]


_S = Signature.State

# Every way a signature can go; there is no other.
ARROWS: dict[str, frozenset[str]] = {
    _S.PENDING: frozenset({_S.PUBLISHED, _S.HELD, _S.EXPIRED}),
    _S.HELD: frozenset({_S.PUBLISHED, _S.REMOVED, _S.WITHDRAWN}),
    _S.PUBLISHED: frozenset({_S.WITHDRAWN, _S.REMOVED, _S.HELD}),
    # Back to where it came from, as somebody may have been wrong. Its owner may withdraw it too, so
    # that no moderator brings it back.
    _S.REMOVED: frozenset({_S.PUBLISHED, _S.HELD, _S.WITHDRAWN}),
    _S.WITHDRAWN: frozenset(),
    _S.EXPIRED: frozenset(),
}
COUNTED = (_S.HELD, _S.PUBLISHED)
UNCONFIRMED = (_S.PENDING, _S.EXPIRED)


class FormSubmission(models.Model):
    """One form that arrived, whatever became of it: what the limits count, and nothing else.

    Kept in rows so that no outage of a cache opens a limit; see signatures/abuse/rate_limits.py.
    """

    # The same as the public id of the attempt, if one was stored.
    reference = models.UUIDField(primary_key=True)
    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, db_index=False)
    # Keyed hash of the network that it came from; None when we cannot know.
    network_key = models.BinaryField(max_length=32, null=True)
    # The same of the block of networks that one customer may have; see lib/people/networks.py.
    block_key = models.BinaryField(max_length=32, null=True)
    # Where the network is and whose, if files of the operator's say so (NETWORKS_FILE): nobody can
    # tell from a hash later.
    network_country = models.CharField(max_length=2, blank=True, default="", db_default="")
    network_owner = models.CharField(
        max_length=network_owners.LONGEST_NAME, blank=True, default="", db_default=""
    )
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
        ]

    def __str__(self) -> str:
        return f"form {self.reference}"


class CodeAttempt(models.Model):
    """How often a code was typed wrong for a reference that we handed out, with or without a row.

    Kept apart from signatures so that an attempt that was never stored answers like any other.
    """

    reference = models.UUIDField(primary_key=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name_plural = "code tries"

    def __str__(self) -> str:
        return f"{self.tries} tries"
