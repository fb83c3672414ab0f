"""A mailing: an update on its way to signatories, and the states it goes through."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from openletter.letters.models import Update
from openletter.lib.ids import uuid7


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
        return _("mailing of “%(update)s”") % {"update": self.update}


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
