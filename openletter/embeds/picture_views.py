"""A letter's number as a picture, for pages that take nothing else."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.http import require_safe

from openletter.counters import counts
from openletter.counters.views import for_any_site
from openletter.embeds import badges
from openletter.letters.queries import letters
from openletter.lib.http.answer_classes import public

SVG = "image/svg+xml"


@require_safe
@for_any_site
@public(varies_by=("style", "label", "color", "label_color", "lang"))
def badge(request: HttpRequest, slug: str) -> HttpResponse:
    """How many signed, as an SVG; what cannot be meant by a parameter is as if it was not there."""
    language = request.GET.get("lang", "")
    try:
        letter = letters.letter_in(slug, language)
    except letters.LetterMissing:
        return JsonResponse({"error": "There is no such letter."}, status=404)
    except letters.LetterMoved as moved:
        return redirect("pictures:badge", moved.slug, permanent=True)
    numbers = counts.numbers_of(letter.letter, newest_version=letter.version_number)
    style = request.GET.get("style")
    style = style if style in badges.STYLES else badges.STYLES[0]
    chosen = badges.Chosen(
        label=request.GET.get("label", ""),
        colour=request.GET.get("color", ""),
        label_colour=request.GET.get("label_color", ""),
    )
    with translation.override(_language(language, letter.language)):
        context = {"badge": badges.badge_of(letter, numbers, chosen)}
        return render(request, f"embeds/badges/{style}.svg", context, content_type=SVG)


def _language(asked: str, of_letter: str) -> str:
    """Return the language that is asked for, or the letter's, if the site speaks it."""
    known = dict(settings.LANGUAGES)
    return next((one for one in (asked, of_letter) if one in known), settings.LANGUAGE_CODE)
