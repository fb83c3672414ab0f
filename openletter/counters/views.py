"""Public numbers over HTTP, for this site and any other."""

from __future__ import annotations

import hashlib
from functools import lru_cache, wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from openletter.counters import counts
from openletter.letters.queries import letters
from openletter.lib.http.answer_classes import public
from openletter.lib.http.requests import P, View
from openletter.lib.http.site import absolute_in


def for_any_site(view: View[P]) -> View[P]:
    """Let other sites use whatever the view answers, or a browser would call it a CORS error."""

    @wraps(view)
    def shared(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(*args, **kwargs)
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    return shared


@require_safe
@for_any_site
@public
def count(request: HttpRequest, slug: str) -> HttpResponse:
    """Say how many signed, in a few bytes that any site may fetch and any cache may keep."""
    try:
        found = letters.letter_in(slug, "")
    except letters.LetterMissing:
        return JsonResponse({"error": "There is no such letter."}, status=404)
    except letters.LetterMoved as moved:
        return redirect("counters:count", moved.slug, permanent=True)
    numbers = counts.numbers_of(found.letter, newest_version=found.version_number)
    said = {
        "letter": found.slug,
        "title": found.title,
        "url": absolute_in(found.language, "pages:letter", found.slug),
        "count": numbers.count,
        "people": numbers.people,
        "organisations": numbers.organisations,
        "by_version": numbers.by_version,
        "goal": numbers.goal,
        "next_goal": numbers.next_goal,
        "open": found.is_open,
        "closes_at": found.closes_at.isoformat(timespec="seconds") if found.closes_at else None,
    }
    response = JsonResponse({**said, "as_of": numbers.as_of.isoformat(timespec="seconds")})
    # The same numbers a second later are the same answer, whatever `as_of` says.
    digest = hashlib.blake2b(repr(said).encode(), digest_size=12).hexdigest()
    response.headers["ETag"] = f'W/"{digest}"'
    return response


@lru_cache(maxsize=1)
def _script() -> bytes:
    return (settings.BASE_DIR / "static" / "embed" / "openletter.js").read_bytes()


@require_safe
@for_any_site
@public
def embed_script(request: HttpRequest) -> HttpResponse:
    """The web component that other sites load; one file that loads nothing more."""
    script = (settings.BASE_DIR / "static/embed/openletter.js").read_bytes()
    if not settings.DEBUG:
        script = _script()
    return HttpResponse(script, content_type="text/javascript; charset=utf-8")
