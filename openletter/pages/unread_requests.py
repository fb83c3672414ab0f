"""The page for somebody whose request was not read: too large, too slow, damaged, with a file.

Nothing of such a request has happened. The web server refuses some, Django the others; who asked
gets the same page for the same reason.
"""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from openletter.lib.http.uploads import NoFileTaken
from openletter.pages.outages import page_of
from openletter.server.environ import REFUSED

_TEMPLATES = {408: "408.html", 503: "503.html"}


def refuse_unread(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: say why the web server did not take a body."""

    def middleware(request: HttpRequest) -> HttpResponse:
        status = request.META.get(REFUSED)
        return get_response(request) if status is None else _page(status)

    return middleware


def bad_request(_request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what Django refused to read, or a view did."""
    if isinstance(exception, RequestDataTooBig):
        return _page(413)
    if isinstance(exception, NoFileTaken):
        return _page(
            400, _("This page does not accept files. Please go back and send the form without one.")
        )
    return _page(400)


def _page(status: int, sentence: str = "") -> HttpResponse:
    """Return the page, which says what the sender can do if they can do something."""
    if status == 413:
        sentence = _("What you sent is too large. Please go back, shorten it, and send it again.")
    return page_of(status, _TEMPLATES.get(status, "400.html"), sentence=sentence)
