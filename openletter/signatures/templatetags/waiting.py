"""What waits for a moderator and what came today, for the first page of the desk."""

from __future__ import annotations

from django import template
from django.template import RequestContext

from openletter.accounts import access
from openletter.accounts.access import Action
from openletter.letters.models import Letter
from openletter.lib.db import clock
from openletter.signatures.desk import overview
from openletter.signatures.desk.overview import CountedLetter, WaitingLetter

register = template.Library()


@register.simple_tag(takes_context=True)
def waiting_by_letter(context: RequestContext) -> list[WaitingLetter]:
    """Return the letters under which something waits that the reader decides about."""
    reader = context["request"].user
    return overview.waiting_by_letter(access.visible(reader, Action.DECIDE_SIGNATURES, Letter))


@register.simple_tag(takes_context=True)
def counted_today(context: RequestContext) -> list[CountedLetter]:
    """Return the numbers of the open letters whose signatures the reader sees."""
    reader = context["request"].user
    letters = access.visible(reader, Action.SEE_SIGNATURES, Letter)
    return overview.counted_today(letters, now=clock.now())
