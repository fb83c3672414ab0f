"""What waits for a moderator, for the first page of the desk and for the queue."""

from __future__ import annotations

from django import template
from django.template import RequestContext

from openletter.accounts import access
from openletter.accounts.access import Action
from openletter.claims.desk import queue
from openletter.claims.desk.queue import Desk, Waiting

register = template.Library()


@register.simple_tag(takes_context=True)
def waiting_claims(context: RequestContext) -> Waiting:
    """Return how many objections wait; ask for it only where the reader decides."""
    reader = context["request"].user
    letters = access.letters_for(reader, Action.ANSWER_CLAIMS)
    return queue.waiting(Desk(int(reader.pk or 0), letters))
