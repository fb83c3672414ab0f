"""What waits for a moderator and what came today, for the first page of the desk.

To be asked for only where the reader may see it.
"""

from __future__ import annotations

from django import template

from openletter.lib.db import clock
from openletter.signatures.desk import overview
from openletter.signatures.desk.overview import CountedLetter, WaitingLetter

register = template.Library()


@register.simple_tag
def waiting_by_letter() -> list[WaitingLetter]:
    return overview.waiting_by_letter()


@register.simple_tag
def counted_today() -> list[CountedLetter]:
    return overview.counted_today(now=clock.now())
