"""Whether the form under a letter wants a proof of work: asked by a script, never by the page.

So the page with the form stays the same for everybody, and any cache may keep it.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from openletter.letters.queries import letters
from openletter.lib.db import clock
from openletter.lib.http.answer_classes import private
from openletter.signatures.abuse import proof_of_work


@require_safe
@private
def challenge(request: HttpRequest, slug: str) -> HttpResponse:
    """Say whether a proof is wanted; if so, in the same object, what the widget has to solve."""
    # Under a former address too: a page that was open when the letter moved still asks there.
    letter = letters.letter_at(slug)
    if letter is None:
        return JsonResponse({"error": "There is no such letter."}, status=404)
    now = clock.now()
    if not letter.is_open(now) or not proof_of_work.is_asked(letter):
        return JsonResponse({"asked": False})
    return JsonResponse({"asked": True, **proof_of_work.challenge(letter, now)})
