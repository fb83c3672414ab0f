"""What waits for a moderator, and what came of objections, for pages of packages below."""

from __future__ import annotations

from django import template
from django.template import RequestContext

from openletter.accounts import access
from openletter.accounts.access import Action
from openletter.claims.desk import overturned, queue
from openletter.claims.desk.overturned import OfSweep
from openletter.claims.desk.queue import Desk, Waiting
from openletter.sweeps.models import Sweep

register = template.Library()


@register.simple_tag(takes_context=True)
def waiting_claims(context: RequestContext) -> Waiting:
    """Return how many objections wait; ask for it only where the reader decides."""
    reader = context["request"].user
    letters = access.letters_for(reader, Action.ANSWER_CLAIMS)
    return queue.waiting(Desk(int(reader.pk or 0), letters))


@register.simple_tag
def objections_to(sweep: Sweep) -> OfSweep:
    """Return how many of those whom a sweep removed objected, and how many were right."""
    return overturned.by_sweep(sweep)
