"""The record of who decided what, and why; and who looks at what just now."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from openletter.moderation.candidate import Mode


class AuditEntry(models.Model):
    """One act of a member of staff. Rows are only ever added; the database refuses the rest.

    `before` and `after` hold states and choices, never a person's words: those must be erasable.
    """

    at = models.DateTimeField(_("time"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("actor"),
    )
    action = models.CharField(_("action"), max_length=60)
    object_kind = models.CharField(_("object"), max_length=60)
    object_id = models.CharField(_("object id"), max_length=60)
    reason = models.CharField(_("reason"), max_length=500)
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["object_kind", "object_id"], name="audit_by_object"),
            models.Index(fields=["-at", "-id"], name="audit_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_kind} {self.object_id}"


class ListedSource(models.Model):
    """A network, domain or address that staff trust or want to look at, on all letters."""

    class Kind(models.TextChoices):
        NETWORK = "network", _("network, such as 192.0.2.0/24 or 2001:db8::/48")
        DOMAIN = "domain", _("domain of e-mail addresses, including its subdomains")
        ADDRESS = "address", _("one e-mail address")

    class Verdict(models.TextChoices):
        TRUST = "trust", _("trust: limits for shared networks do not apply")
        HOLD = "hold", _("hold: a person looks at each signature")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    # A network or domain as written; for an address its keyed hash, so that it stays unreadable.
    value = models.CharField(_("which"), max_length=255)
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict.choices)
    reason = models.CharField(
        _("reason"), max_length=300, help_text=_("Please mention no names or addresses here.")
    )
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("trusted or watched source")
        verbose_name_plural = _("trusted and watched sources")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "value"],
                name="one_verdict_per_source",
                violation_error_message=_(
                    "This source is already listed. Please change its entry instead."
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class WatchedName(models.Model):
    """Somebody whose name others like to forge; whoever signs by it is asked in another way."""

    name = models.CharField(
        _("name"),
        max_length=200,
        help_text=_(
            "As it is known. Other spellings, other alphabets, titles and small mistakes are found,"
            " too."
        ),
    )
    # In the spelling in which names are compared (watched_names.py).
    spelling = models.CharField(max_length=600, editable=False)
    letter = models.ForeignKey(
        "letters.Letter",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("letter"),
        help_text=_("Empty: on all letters."),
    )
    whom_to_ask = models.CharField(
        _("whom to ask"),
        max_length=300,
        blank=True,
        help_text=_(
            "Whom a moderator asks whether it is really them, for example “the press office of the"
            " university”. Shown beside every signature with this name."
        ),
    )
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("watched name")
        verbose_name_plural = _("watched names")
        constraints = [
            models.UniqueConstraint(
                fields=["spelling", "letter"],
                nulls_distinct=False,
                name="one_entry_of_a_watched_name_on_a_letter",
                violation_error_message=_(
                    "This name is already listed. Please change its entry instead."
                ),
            )
        ]

    def __str__(self) -> str:
        # Kept by the admin's log of changes, so without the name.
        return _("watched name %(number)s") % {"number": self.pk}


class RuleSetting(models.Model):
    """How staff set a rule, on one letter or on the whole site."""

    # The reason that the rule gives (moderation/rules/).
    rule = models.CharField(_("rule"), max_length=20)
    letter = models.ForeignKey(
        "letters.Letter",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("letter"),
        help_text=_("Empty: on all letters that have no setting of their own."),
    )
    mode = models.CharField(_("what it does"), max_length=4, choices=Mode.choices)
    amount = models.PositiveIntegerField(
        _("threshold"), null=True, blank=True, help_text=_("Empty: the usual number.")
    )
    words = models.TextField(
        _("words"),
        blank=True,
        max_length=20_000,
        help_text=_(
            "One word or phrase a line. Accents and capitals make no difference. A letter’s words"
            " are added to those of the site."
        ),
    )
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("setting of a rule")
        verbose_name_plural = _("rules")
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "letter"],
                nulls_distinct=False,
                name="one_setting_of_a_rule_on_a_letter",
                violation_error_message=_(
                    "This rule is already set here. Please change its entry instead."
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.letter_id or ''}".strip()


class RuleVerdict(models.Model):
    """How often moderators agreed with a rule on a day, and how often they did not.

    Moved by what one decision changes, so a day on which more is undone than decided is negative.
    """

    letter = models.ForeignKey(
        "letters.Letter", on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    rule = models.CharField(max_length=20)
    day = models.DateField()
    upheld = models.IntegerField(default=0)
    overturned = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "rule", "letter"], name="one_verdict_on_a_rule_a_day_and_letter"
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule} on {self.day}: {self.upheld} upheld, {self.overturned} overturned"


class Review(models.Model):
    """Something that waits for a decision, and the moderator who has it before them.

    There is a row only for what somebody has looked at; it goes with the decision.
    """

    kind = models.CharField(max_length=20)
    key = models.BigIntegerField()
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    # Until then nobody else gets it. By the database's clock.
    lease_until = models.DateTimeField()
    # Since when somebody has looked and left it for later: what nobody has seen comes first.
    kept_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="one_review_of_a_thing"),
        ]

    def __str__(self) -> str:
        return f"review of {self.kind} {self.key}"
