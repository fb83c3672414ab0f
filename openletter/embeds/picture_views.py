"""A letter's number as a picture, for pages that take nothing else."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from openletter.counters import counts
from openletter.counters.views import for_any_site
from openletter.embeds import badges
from openletter.embeds.finding import letter_or_answer
from openletter.embeds.languages import language_of
from openletter.lib.http.answer_classes import public

SVG = "image/svg+xml"


@require_safe
@for_any_site
@public(varies_by=("style", "label", "color", "label_color", "lang"))
def badge(request: HttpRequest, slug: str) -> HttpResponse:
    """How many signed, as an SVG; what cannot be meant by a parameter is as if it was not there."""
    language = request.GET.get("lang", "")
    letter = letter_or_answer(request, slug, language, "pictures:badge")
    if isinstance(letter, HttpResponse):
        return letter
    numbers = counts.numbers_of(letter.letter, newest_version=letter.version_number)
    style = request.GET.get("style")
    style = style if style in badges.STYLES else badges.STYLES[0]
    chosen = badges.Chosen(
        label=request.GET.get("label", ""),
        colour=request.GET.get("color", ""),
        label_colour=request.GET.get("label_color", ""),
    )
    with translation.override(language_of(language, letter.language)):
        context = {"badge": badges.badge_of(letter, numbers, chosen)}
        return render(request, f"embeds/badges/{style}.svg", context, content_type=SVG)
