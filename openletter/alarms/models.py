"""What a person should look at, and since when."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Alarm(models.Model):
    """Something that a person should look at; raised once until it is resolved."""

    kind = models.CharField(_("kind"), max_length=40)
    key = models.CharField(_("about"), max_length=255, blank=True)
    text = models.CharField(_("what to do"), max_length=500)
    raised_at = models.DateTimeField(_("raised"))
    resolved_at = models.DateTimeField(_("resolved"), null=True)

    class Meta:
        verbose_name = _("alarm")
        verbose_name_plural = _("alarms")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"],
                condition=Q(resolved_at=None),
                name="one_open_alarm_per_kind_and_key",
            )
        ]

    def __str__(self) -> str:
        return f"alarm {self.kind}"
