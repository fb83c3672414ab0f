"""What waits for a moderator, for the first page of the desk and for the queue."""

from __future__ import annotations

from django import template
from django.http import HttpRequest

from openletter.claims.desk import queue
from openletter.claims.desk.queue import Waiting

register = template.Library()


@register.simple_tag
def waiting_claims(request: HttpRequest) -> Waiting:
    """Return how many objections wait; ask for it only where the reader decides."""
    return queue.waiting(request.user)
