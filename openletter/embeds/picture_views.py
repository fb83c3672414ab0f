"""A letter's number as a picture, for pages that take nothing else."""

from __future__ import annotations

from typing import Any

from csp.constants import NONE
from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from openletter.counters import counts
from openletter.counters.views import for_any_site
from openletter.embeds import badges
from openletter.embeds.badge_colours import LOOKS, STYLE_SOURCE
from openletter.embeds.choices import one_of
from openletter.embeds.finding import letter_or_answer
from openletter.embeds.languages import language_of
from openletter.lib.http.answer_classes import public
from openletter.lib.http.requests import P, View

SVG = "image/svg+xml"


def _styled(view: View[P]) -> View[P]:
    """Let nothing happen in a picture that somebody opens by itself but its own colours."""
    # The types of django-csp know of no view that takes more than a request.
    policy: Any = csp_replace(
        {
            **{kind: [NONE] for kind in ("script-src", "connect-src", "form-action")},
            "style-src": [STYLE_SOURCE],
            "sandbox": True,
        }
    )
    styled: View[P] = policy(view)
    return styled


@require_safe
@for_any_site
@_styled
@public(varies_by=("style", "label", "color", "label_color", "look", "lang"))
def badge(request: HttpRequest, slug: str) -> HttpResponse:
    """How many signed, as an SVG; what cannot be meant by a parameter is as if it was not there."""
    language = request.GET.get("lang", "")
    letter = letter_or_answer(request, slug, language, "pictures:badge")
    if isinstance(letter, HttpResponse):
        return letter
    numbers = counts.numbers_of(letter.letter, newest_version=letter.version_number)
    style = one_of(tuple(badges.STYLES), request.GET.get("style"))
    chosen = badges.Chosen(
        label=request.GET.get("label", ""),
        colour=request.GET.get("color", ""),
        label_colour=request.GET.get("label_color", ""),
        look=one_of(LOOKS, request.GET.get("look")),
    )
    with translation.override(language_of(language, letter.language)):
        context = {"badge": badges.badge_of(letter, numbers, chosen, style=style)}
        return render(request, f"embeds/badges/{style}.svg", context, content_type=SVG)
