"""Links that a mail program or a person damaged: put right where that is safe, else explained.

A full stop, a bracket or a quotation mark behind a link says nothing about which page it means; and
a token that was really changed is refused by its signature.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, ResolverMatch, resolve
from django.views.decorators.csrf import csrf_exempt

from openletter.lib import tokens
from openletter.lib.http.answer_classes import private
from openletter.signatures import error_pages

_MOST_PARTS = 10


@csrf_exempt
@private
def mend(request: HttpRequest, rest: str) -> HttpResponse:
    """Lead to the page below /s/ that a damaged link means, or say that it is incomplete.

    What is sent by POST is taken there itself: programs that unsubscribe follow no redirect.
    """
    start = request.path_info.removesuffix(rest)
    found = _page_of(start, rest)
    if found is None:
        return error_pages.unknown_link(request, has_code="/confirm" in f"/{rest}")
    path, page = found
    if request.method in {"GET", "HEAD"}:
        query = request.META.get("QUERY_STRING", "")
        return redirect(f"{path}?{query}" if query else path)
    request.path_info = request.path = path
    answer: HttpResponse = page.func(request, *page.args, **page.kwargs)
    return answer


def _page_of(start: str, rest: str) -> tuple[str, ResolverMatch] | None:
    """Return the address and the page that these words mean, without what came behind them."""
    parts = [part for part in map(tokens.clean, rest.split("/")[:_MOST_PARTS]) if part]
    for number in range(len(parts), 0, -1):
        path = start + "/".join(parts[:number])
        for spelled in (f"{path}/", path):
            page = _page_at(spelled)
            if page is not None:
                return spelled, page
    return None


def _page_at(path: str) -> ResolverMatch | None:
    try:
        page = resolve(path)
    except Resolver404:
        return None
    return None if page.func is mend else page
