"""A public page's language is what its address says, and nothing else.

Django's own LocaleMiddleware also looks at cookies and Accept-Language, and so must vary the
answer by them: no cache in front could then share one page between two readers.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from openletter.lib.http.desk import DESK


def language_of_path(path: str) -> str:
    """Return the language code a path starts with, or the site's default language."""
    first = path.split("/", 2)[1] if path.startswith("/") else ""
    return first if first in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def language_by_path(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: activate the language of the path, and say so in Content-Language."""

    def middleware(request: HttpRequest) -> HttpResponse:
        # Staff pages are private and have no prefix: there the browser may choose.
        is_staff_page = request.path_info.startswith(DESK)
        if is_staff_page:
            language = translation.get_language_from_request(request)
        else:
            language = language_of_path(request.path_info)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
        if is_staff_page:
            patch_vary_headers(response, ["Accept-Language"])
        response.headers.setdefault("Content-Language", language)
        return response

    return middleware
