"""How a signature is shown, for templates."""

from __future__ import annotations

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from openletter.signatures.models import Signature

register = template.Library()


@register.simple_tag
def beside_name(signature: Signature) -> SafeString:
    """Return what stands beside a name wherever it is shown; nothing if there is nothing.

    In Python, because a page shows a hundred names. What people wrote runs in its own direction.
    """
    about = format_html_join(", ", "<bdi>{}</bdi>", ((one,) for one in signature.beside_name()))
    return format_html('<span class="signature__about">{}</span>', about) if about else about
