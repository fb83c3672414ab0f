"""What waits for a second moderator, for the first page of the desk."""

from __future__ import annotations

from django import template
from django.template import RequestContext

from openletter.accounts import access
from openletter.accounts.access import Action
from openletter.sweeps.models import Sweep

register = template.Library()


@register.simple_tag(takes_context=True)
def sweeps_that_wait(context: RequestContext) -> list[Sweep]:
    """Return large sweeps that nobody has agreed to, of letters about which the reader decides."""
    mine = access.visible(context["request"].user, Action.DECIDE_SIGNATURES, Sweep)
    waiting = mine.filter(state=Sweep.State.ASKED).select_related("letter")
    return list(waiting.order_by("pk"))
