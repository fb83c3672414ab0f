"""Who may, for templates: `{% may "PUBLISH_UPDATES" update as publishes %}`."""

from __future__ import annotations

from django import template
from django.template import RequestContext

from openletter.accounts import access

register = template.Library()


@register.simple_tag(takes_context=True)
def may(context: RequestContext, name: str, about: object = None) -> bool:
    """Say whether the reader may do this; on the page of a new row there is no object yet."""
    return access.may(context["request"].user, access.Action[name], about or None)
