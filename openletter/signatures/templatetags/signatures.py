"""How a signature is shown, for templates."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from openletter.signatures.beside_name import html_of
from openletter.signatures.models import Signature

register = template.Library()


@register.simple_tag
def beside_name(signature: Signature) -> SafeString:
    """Return what stands beside a name wherever it is shown; nothing if there is nothing."""
    return html_of(signature.beside_name())
