"""Addresses that arrive damaged: with slashes too many, or encoded once more on their way."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse

_SLASHES = re.compile(r"/{2,}")
_WITH_TOKEN = re.compile(r"/(?:[a-z]{2,3}/)?s/")
# The start of an address with a token, in any language, whose slashes came as text.
_ENCODED_TWICE = re.compile(r"/*(?:[a-z]{2,3}(?:/|%2F))?s%2F", re.IGNORECASE)


def mended_path(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, outermost: take an address as it was meant, before anything looks at it.

    Two slashes for one, as templates of mail programs make them; and links to a signature that
    were encoded twice. No other address is decoded again.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if _ENCODED_TWICE.match(path):
            path = unquote(path)
        if "//" in path:
            path = _SLASHES.sub("/", path)
        if not path.isprintable() and _WITH_TOKEN.match(path):
            path = "".join(filter(str.isprintable, path))  # where a line was broken
        if path != request.path_info:
            request.path = request.path_info = path
        return get_response(request)

    return middleware
