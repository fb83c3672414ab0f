"""A sweep: what it asks for, what it found, and how far it is."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from openletter.letters.models import Letter, TextVersion
from openletter.lib.ids import uuid7
from openletter.signatures.models import Signature

# More than so many take the yes of a second moderator.
MOST_ALONE = 1_000


class Sweep(models.Model):
    """A question about one letter, and what happens to all that it found.

    Everything it finds is noted first (`Swept`), up to the moment at which it was asked: what was
    counted and looked at is what is swept, and nothing else.
    """

    class State(models.TextChoices):
        LOOKING = "looking", _("looking for signatures")
        FOUND = "found", _("ready to be looked at")
        ASKED = "asked", _("waiting for a second moderator")
        RUNNING = "running", _("running")
        STOPPED = "stopped", _("stopped")
        DONE = "done", _("done")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")
        DISCARDED = "discarded", _("discarded")

    class To(models.TextChoices):
        REMOVED = "removed", _("remove")
        HELD = "held", _("hold for review")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, verbose_name=_("letter"))
    # The question: everything that is not empty has to hold.
    domain = models.CharField(_("e-mail domain"), max_length=255, blank=True, default="")
    # The first bytes of the keyed hash of a network.
    network_key = models.BinaryField(max_length=32, default=b"")
    name = models.CharField(_("name, title or affiliation"), max_length=200, blank=True, default="")
    version = models.ForeignKey(
        TextVersion, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("version")
    )
    signed_from = models.DateTimeField(_("signed from"), null=True, blank=True)
    signed_to = models.DateTimeField(_("signed until"), null=True, blank=True)
    flag = models.CharField(_("suspicion"), max_length=20, blank=True, default="")
    because = models.CharField(_("held because"), max_length=60, blank=True, default="")
    country = models.CharField(_("country"), max_length=2, blank=True, default="")
    language = models.CharField(_("language of the text"), max_length=10, blank=True, default="")
    signed_in_state = models.CharField(_("state"), max_length=10, blank=True, default="")

    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.LOOKING, editable=False
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("asked by"),
    )
    asked_at = models.DateTimeField(_("asked"))
    # How far it is: the last signature that was looked at, and the newest there was when it was
    # asked.
    cursor = models.BigIntegerField(default=0, editable=False)
    newest = models.BigIntegerField(default=0, editable=False)
    published = models.PositiveIntegerField(_("of them published"), default=0, editable=False)
    held = models.PositiveIntegerField(_("of them held"), default=0, editable=False)
    # What is shown of it, chosen by chance.
    sample = ArrayField(models.BigIntegerField(), default=list, editable=False)

    to = models.CharField(_("what happens"), max_length=10, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True, default="")
    public_note = models.CharField(_("public note"), max_length=500, blank=True, default="")
    # Whether whoever is removed is told by mail.
    tells = models.BooleanField(default=False, db_default=False, editable=False)
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("begun by"),
    )
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("agreed by"),
    )
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("undone by"),
    )
    begun_at = models.DateTimeField(_("begun"), null=True, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, editable=False)
    # How many were changed, were left as they are, came back, and were left when it was undone.
    done = models.PositiveIntegerField(default=0, editable=False)
    left = models.PositiveIntegerField(default=0, editable=False)
    undone = models.PositiveIntegerField(default=0, editable=False)
    kept = models.PositiveIntegerField(default=0, editable=False)

    # How often a step of it failed, one after the other.
    failures = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        verbose_name = _("sweep")
        verbose_name_plural = _("sweeps")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["looking", "found", "asked", "discarded"])
                | Q(begun_by__isnull=False) & ~Q(to="") & ~Q(reason=""),
                name="a_sweep_has_somebody_and_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["looking", "found", "asked", "discarded"])
                | Q(published__lte=MOST_ALONE - F("held"))
                | Q(agreed_by__isnull=False),
                name="a_large_sweep_takes_two_moderators",
            ),
            models.CheckConstraint(
                condition=Q(agreed_by=None) | ~Q(agreed_by=F("begun_by")),
                name="nobody_agrees_to_their_own_sweep",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(state__in=["looking", "running", "undoing", "discarded"]),
                name="sweep_to_work_on",
            )
        ]

    def __str__(self) -> str:
        return _("sweep %(number)s") % {"number": self.pk}

    @property
    def size(self) -> int:
        return self.published + self.held


class Swept(models.Model):
    """One signature that a sweep found, as it was then, and what became of it."""

    class Outcome(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        LEFT = "left"  # as it was
        UNDONE = "undone"
        KEPT = "kept"  # as it was, when the rest was undone

    sweep = models.ForeignKey(Sweep, on_delete=models.CASCADE, db_index=False)
    signature = models.ForeignKey(Signature, on_delete=models.CASCADE)
    state = models.CharField(max_length=10)
    revision = models.PositiveIntegerField()
    held_because = models.CharField(max_length=60, blank=True, default="")
    outcome = models.CharField(max_length=10, default=Outcome.WAITING)
    # Why it was left, twice perhaps: a code, see in_words.py.
    why = models.CharField(max_length=20, blank=True, default="")
    at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sweep", "signature"], name="a_sweep_finds_a_signature_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sweep_id}: {self.signature_id} {self.outcome}"


_S = Sweep.State

# Every way a sweep can go; there is no other.
SWEEP_ARROWS: dict[str, frozenset[str]] = {
    _S.LOOKING: frozenset({_S.FOUND, _S.DISCARDED}),
    _S.FOUND: frozenset({_S.ASKED, _S.RUNNING, _S.DISCARDED}),
    _S.ASKED: frozenset({_S.RUNNING, _S.FOUND}),
    _S.RUNNING: frozenset({_S.STOPPED, _S.DONE}),
    _S.STOPPED: frozenset({_S.RUNNING, _S.UNDOING}),
    _S.DONE: frozenset({_S.UNDOING}),
    _S.UNDOING: frozenset({_S.UNDONE}),
    _S.UNDONE: frozenset(),
    _S.DISCARDED: frozenset(),
}
