"""Letters, the versions of their text, and the translations of a version."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from openletter.letters import asked_fields
from openletter.lib.ids import uuid7


def language_choices() -> list[tuple[str, object]]:
    return list(settings.LANGUAGES)


WRITING = _(
    "Line breaks are kept, and an empty line begins a new paragraph. Markdown: # heading,"
    " ## smaller heading, *emphasis*, **strong emphasis**, ~~struck through~~, > quotation,"
    " [words](https://…); lists of two lines or more that begin with - or 1. and so on; --- on a"
    " line of its own for a rule; tables with | between the cells and a second line |---|---|."
    " Addresses that begin with https:// or mailto: become links. A backslash before a sign, as in"
    " \\*, keeps it a sign. Everything else appears exactly as typed."
)

_SPELLING = _("Use only lower-case letters, digits and single hyphens, as in open-ai.")
check_spelling = RegexValidator(r"^[a-z0-9]+(?:-[a-z0-9]+)*\Z", _SPELLING)


STAYS_CLOSED = _(
    "This letter closed so long ago that the personal data of its signatories has been deleted."
    " It can never be reopened, because nobody could tell who has already signed. Please begin a"
    " new letter."
)


class LetterQuerySet(models.QuerySet["Letter"]):
    def public(self) -> LetterQuerySet:
        """Letters that anybody may read."""
        return self.exclude(state=Letter.State.DRAFT)

    def open(self, now: datetime) -> LetterQuerySet:
        """Letters that can be signed at this time."""
        return self.filter(
            Q(opens_at=None) | Q(opens_at__lte=now),
            Q(closes_at=None) | Q(closes_at__gt=now),
            state=Letter.State.OPEN,
        )


class TextVersionQuerySet(models.QuerySet["TextVersion"]):
    def published(self) -> TextVersionQuerySet:
        """Versions that people read or once read, the one they read now first."""
        return self.filter(published_at__isnull=False).order_by("-number")


class Letter(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        OPEN = "open", _("open")
        CLOSED = "closed", _("closed")
        ARCHIVED = "archived", _("archived")

    class Policy(models.TextChoices):
        AT_ONCE = "at_once", _("show signatures as soon as they are confirmed")
        AFTER_REVIEW = "after_review", _("show signatures once a moderator has approved them")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    # The title of its newest text in the reference language, kept here by publishing.take_title, so
    # that a list of letters or of what belongs to them asks for no text.
    title = models.CharField(
        _("title"),
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text=_(
            "The first text starts with this title. From then on, the letter takes its title from"
            " the text."
        ),
    )
    slug = models.SlugField(
        _("address"),
        max_length=80,
        unique=True,
        validators=[check_spelling],
        error_messages={
            "unique": _("Another letter already has this address. Please choose a different one.")
        },
        help_text=_("The part of the letter’s address that follows the site’s name."),
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.DRAFT, editable=False
    )
    sender_name = models.CharField(
        _("sender"),
        max_length=120,
        help_text=_(
            "Who the letter is from. It belongs to what people sign: a published version keeps the"
            " sender it was published with, and a change here comes with the next version."
        ),
    )
    goal = models.PositiveIntegerField(
        _("goal"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    policy = models.CharField(
        _("policy"), max_length=20, choices=Policy.choices, default=Policy.AT_ONCE
    )
    reference_language = models.CharField(
        _("reference language"),
        max_length=10,
        choices=language_choices,
        default="en",
        help_text=_("If translations differ, the text in this language is the one that counts."),
    )
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    takes_organisations = models.BooleanField(_("organisations may sign"), default=True)
    asks_title = models.BooleanField(
        asked_fields.TITLE.switch_label, default=asked_fields.TITLE.is_asked_at_first
    )
    asks_affiliation = models.BooleanField(
        asked_fields.AFFILIATION.switch_label, default=asked_fields.AFFILIATION.is_asked_at_first
    )
    asks_country = models.BooleanField(
        asked_fields.COUNTRY.switch_label, default=asked_fields.COUNTRY.is_asked_at_first
    )
    asks_comment = models.BooleanField(
        asked_fields.COMMENT.switch_label, default=asked_fields.COMMENT.is_asked_at_first
    )
    second_reminder = models.BooleanField(
        _("remind twice"),
        default=False,
        help_text=_(
            "People who have not confirmed get a reminder after a day. Tick this to send a second"
            " one, after four days, to those who opened the page but did not press its button."
        ),
    )
    asks_proof = models.BooleanField(
        _("ask browsers for a proof of work"),
        default=False,
        db_default=False,
        help_text=_(
            "Slows robots down and costs people nothing. It switches itself on while hardly"
            " anybody confirms; tick this to keep it on at all times."
        ),
    )
    shows_numbers = models.BooleanField(
        _("show the page of numbers"),
        default=True,
        db_default=True,
        help_text=_(
            "A public page that says how many signatures were confirmed, wait, are held, were"
            " removed or withdrawn, and how the number grew."
        ),
    )
    retention_months = models.PositiveSmallIntegerField(
        _("months until personal data is deleted"),
        default=6,
        db_default=6,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
        help_text=_(
            "Counted from the day the letter closes. Addresses are deleted then, and so are"
            " names, unless their owners have agreed that they stay."
        ),
    )
    # Since when its personal data goes, for good (signatures/retention.py). Without the hashes of
    # addresses nobody recognises who has signed, so it can never be signed again.
    retention_ended_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    team = models.ForeignKey(  # None: the site's own
        "accounts.Team",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="letters",
        verbose_name=_("team"),
        help_text=_("Its members see this letter and everything that belongs to it."),
    )

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(slug=Lower("slug")),
                name="an_address_has_no_capitals",
                violation_error_message=_SPELLING,
            ),
            models.CheckConstraint(
                condition=Q(opens_at=None)
                | Q(closes_at=None)
                | Q(opens_at__lt=models.F("closes_at")),
                name="a_letter_opens_before_it_closes",
                violation_error_message=_("The letter must open before it closes."),
            ),
            models.CheckConstraint(
                condition=Q(retention_ended_at=None)
                | Q(closes_at__isnull=False, closes_at__lte=models.F("retention_ended_at")),
                name="a_letter_whose_retention_ended_stays_closed",
                violation_error_message=STAYS_CLOSED,
            ),
        ]

    def __str__(self) -> str:
        return self.title or _("untitled letter by %(sender)s") % {"sender": self.sender_name}

    def is_open(self, now: datetime) -> bool:
        return (
            self.state == self.State.OPEN
            and (self.opens_at is None or self.opens_at <= now)
            and (self.closes_at is None or self.closes_at > now)
        )

    @property
    def is_reviewed(self) -> bool:
        """Say whether a moderator looks at every signature before it counts."""
        return self.policy == self.Policy.AFTER_REVIEW

    def closed_at(self, now: datetime) -> datetime | None:
        """Return since when the letter is closed, or None while it is not."""
        is_over = self.closes_at is not None and self.closes_at <= now
        return self.closes_at if is_over else None

    def last_published(self) -> TextVersion | None:
        """Return the version that people read now."""
        return self.versions.published().first()

    @property
    def topic(self) -> str:
        """What mails about this letter count against."""
        return f"letter:{self.pk}"


class FormerSlug(models.Model):
    """An address that a letter once had; it redirects for ever."""

    slug = models.SlugField(max_length=80, unique=True)
    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="former_slugs")

    class Meta:
        verbose_name = _("former address")
        verbose_name_plural = _("former addresses")
        constraints = [
            models.CheckConstraint(
                condition=Q(slug=Lower("slug")), name="a_former_address_has_no_capitals"
            )
        ]

    def __str__(self) -> str:
        return self.slug


class TextVersion(models.Model):
    """One wording of a letter in all its languages. Once published it never changes."""

    letter = models.ForeignKey(
        Letter, on_delete=models.PROTECT, related_name="versions", verbose_name=_("letter")
    )
    number = models.PositiveIntegerField(_("number"), editable=False)
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    reason = models.CharField(
        _("reason for the change"),
        max_length=300,
        blank=True,
        help_text=_(
            "People who signed an earlier version will read this. There is one reason for all"
            " languages: please write it in the reference language of the letter."
        ),
    )
    # Who writes, taken from the letter by publishing: that is signed as the words are.
    sender_name = models.CharField(
        _("sender"), max_length=120, blank=True, default="", db_default="", editable=False
    )

    objects = TextVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("text version")
        verbose_name_plural = _("text versions")
        ordering = ["letter", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["letter", "number"], name="one_version_per_number"),
            models.UniqueConstraint(
                fields=["letter"],
                condition=Q(published_at=None),
                name="one_draft_version_per_letter",
                violation_error_message=_("This letter already has a draft version."),
            ),
            models.CheckConstraint(
                condition=Q(published_at=None) | ~Q(sender_name=""),
                name="a_published_version_says_who_writes",
            ),
        ]

    def __str__(self) -> str:
        return _("%(letter)s, version %(number)s") % {"letter": self.letter, "number": self.number}


class Translation(models.Model):
    """A version's text in one language, as written, as shown, and as fingerprinted."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    # A draft may be thrown away with its texts; the database keeps published ones.
    version = models.ForeignKey(TextVersion, on_delete=models.CASCADE, related_name="translations")
    language = models.CharField(_("language"), max_length=10, choices=language_choices)
    title = models.CharField(_("title"), max_length=200)
    addressee = models.CharField(
        _("addressee"),
        max_length=200,
        blank=True,
        help_text=_(
            "As it should appear above the text, for example “To the members of parliament”."
        ),
    )
    markdown = models.TextField(
        _("text"),
        max_length=100_000,
        help_text=WRITING,
    )
    html = models.TextField(editable=False)
    sha256 = models.CharField(_("fingerprint"), max_length=64, editable=False)

    class Meta:
        verbose_name = _("text in a language")
        verbose_name_plural = _("texts by language")
        constraints = [
            models.UniqueConstraint(fields=["version", "language"], name="one_text_per_language"),
        ]

    def __str__(self) -> str:
        return str(self.get_language_display())


class UpdateQuerySet(models.QuerySet["Update"]):
    def published(self) -> UpdateQuerySet:
        """Updates that anybody may read, where their letter is public too."""
        return self.filter(published_at__isnull=False)


class Update(models.Model):
    """Dated news on a letter, in one or more languages. What was published stays as it is."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    letter = models.ForeignKey(
        Letter, on_delete=models.PROTECT, related_name="updates", verbose_name=_("letter")
    )
    number = models.PositiveIntegerField(_("number"), editable=False)
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = UpdateQuerySet.as_manager()

    class Meta:
        verbose_name = _("update")
        verbose_name_plural = _("updates")
        ordering = ["letter", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["letter", "number"], name="one_update_per_number"),
        ]

    def __str__(self) -> str:
        return _("%(letter)s, update %(number)s") % {"letter": self.letter, "number": self.number}


class UpdateText(models.Model):
    """An update in one language, as written and as shown."""

    update = models.ForeignKey(Update, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(_("language"), max_length=10, choices=language_choices)
    title = models.CharField(
        _("title"), max_length=150, help_text=_("Also the subject line of the e-mail.")
    )
    markdown = models.TextField(
        _("text"),
        max_length=50_000,
        help_text=WRITING,
    )
    html = models.TextField(editable=False)

    class Meta:
        verbose_name = _("update in a language")
        verbose_name_plural = _("updates by language")
        constraints = [
            models.UniqueConstraint(
                fields=["update", "language"], name="one_update_text_per_language"
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_language_display())
