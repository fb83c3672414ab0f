"""What waits for a moderator, for the first page of the desk."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import RequestContext

from openletter.accounts import access
from openletter.accounts.access import Action
from openletter.signatures.desk import queue

register = template.Library()


@register.simple_tag(takes_context=True)
def waiting_by_letter(context: RequestContext) -> list[dict[str, Any]]:
    """Return the letters under which something waits that the reader decides about."""
    reader = context["request"].user
    return queue.by_letter(access.letters_for(reader, Action.DECIDE_SIGNATURES))
