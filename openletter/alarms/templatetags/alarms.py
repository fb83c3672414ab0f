"""Open alarms for the templates of the desk, which every page of staff may show."""

from __future__ import annotations

from django import template

from openletter.alarms import flows as alarms
from openletter.alarms.models import Alarm

register = template.Library()


@register.simple_tag
def open_alarms() -> list[Alarm]:
    """Return what nobody has resolved; ask for it only where the reader may see it."""
    return alarms.open_alarms()
