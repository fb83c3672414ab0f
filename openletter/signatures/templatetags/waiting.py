"""What waits for a moderator, for the first page of the desk."""

from __future__ import annotations

from typing import Any

from django import template

from openletter.signatures.desk import queue

register = template.Library()


@register.simple_tag
def waiting_by_letter() -> list[dict[str, Any]]:
    """Return the letters under which something waits; ask for it only where the reader decides."""
    return queue.by_letter()
