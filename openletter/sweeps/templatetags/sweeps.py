"""What waits for a second moderator, for the first page of the desk."""

from __future__ import annotations

from django import template

from openletter.sweeps.models import Sweep

register = template.Library()


@register.simple_tag
def sweeps_that_wait() -> list[Sweep]:
    """Return large sweeps that nobody has agreed to; ask only where the reader decides."""
    waiting = Sweep.objects.filter(state=Sweep.State.ASKED).select_related("letter")
    return list(waiting.order_by("pk"))
