"""What programs are answered about a letter that has no such address, or none any more."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.shortcuts import resolve_url

from openletter.letters.queries import letters
from openletter.letters.queries.letters import LetterView


def letter_or_answer(
    request: HttpRequest, slug: str, language: str, view_name: str
) -> LetterView | HttpResponse:
    """Return the letter in a language, or else what to answer.

    Whoever has a former address is led on with the parameters that were asked for. An error is JSON
    also where a picture is asked for: what passes pictures on would keep one for long.
    """
    try:
        return letters.letter_in(slug, language)
    except letters.LetterMissing:
        return JsonResponse({"error": "There is no such letter."}, status=404)
    except letters.LetterMoved as moved:
        address, asked = resolve_url(view_name, moved.slug), request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(f"{address}?{asked}" if asked else address)
