"""The page for somebody whose form did not reach us whole."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from openletter.pages.outages import page_of
from openletter.server.environ import REFUSED

_PAGES = {400: "400.html", 408: "408.html", 413: "400.html", 503: "503.html"}


def refuse_unread(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: say why the server did not take a body. Nothing of the request has happened."""

    def middleware(request: HttpRequest) -> HttpResponse:
        status = request.META.get(REFUSED)
        return get_response(request) if status is None else page_of(status, _PAGES[status])

    return middleware
