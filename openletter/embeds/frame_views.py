"""The number of a letter in a frame, for editors that allow no script."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from openletter.counters import counts
from openletter.embeds.choices import one_of
from openletter.embeds.framing import framed_anywhere
from openletter.letters.shortcuts import letter_or_redirect
from openletter.lib.http.answer_classes import public
from openletter.lib.http.site import absolute_in

LOOKS = ("auto", "light", "dark")
SIZES = ("card", "line", "number")


@require_safe
@framed_anywhere
@public(varies_by=("look", "size"))
def frame(request: HttpRequest, slug: str) -> HttpResponse:
    """A letter's title, number, goal and way to sign, of itself every minute."""
    found = letter_or_redirect(slug, "embeds:frame")
    if isinstance(found, HttpResponse):
        return found
    context = {
        "letter": found,
        "numbers": counts.numbers_of(found.letter, newest_version=found.version_number),
        "letter_url": absolute_in(found.language, "pages:letter", slug),
        "look": one_of(LOOKS, request.GET.get("look")),
        "size": one_of(SIZES, request.GET.get("size")),
    }
    return render(request, "embeds/frame.html", context)
