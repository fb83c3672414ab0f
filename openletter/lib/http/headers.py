"""Headers that every answer carries whatever it is."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

from openletter.lib.http.desk import DESK

_NOTHING_ALLOWED = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "encrypted-media",
        "fullscreen",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "publickey-credentials-create",
        "publickey-credentials-get",
        "screen-wake-lock",
        "usb",
        "browsing-topics",
    )
)

# Passkeys of staff are asked for below this address only.
_ACCOUNTS = "/accounts/"
_PASSKEYS_ALLOWED = re.sub(r"(publickey-credentials-\w+)=\(\)", r"\1=(self)", _NOTHING_ALLOWED)

# Addresses that hold a token, in any language.
_SECRET = re.compile(r"/(?:[a-z]{2}(?:-[a-z]+)?/)?s/")


def no_cookies_outside_the_desk(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: public pages see no cookie, so that nothing on them can depend on one.

    A stale session in the browser of a member of staff would otherwise be answered by a cookie.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(DESK):
            request.META.pop("HTTP_COOKIE", None)
        return get_response(request)

    return middleware


def fixed_headers(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: switch off every browser feature we do not use; share nothing across origins."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        is_account = request.path_info.startswith(_ACCOUNTS)
        allowed = _PASSKEYS_ALLOWED if is_account else _NOTHING_ALLOWED
        response.headers.setdefault("Permissions-Policy", allowed)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response

    return middleware


def nothing_passed_on(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, outermost: no error and no address with a token is kept, indexed or told on.

    Nor is any answer of the desk kept, whoever of Django and allauth made it.

    A mistyped link still holds its token, and an error may come from any middleware below.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.path_info.startswith(DESK):
            patch_cache_control(response, no_store=True, private=True)
        if response.status_code >= 400 or _SECRET.match(request.path_info):
            response.headers.setdefault("Cache-Control", "no-store")
            response.headers["X-Robots-Tag"] = "noindex"
            # A form of the desk that was sent without its origin would be refused.
            if not request.path_info.startswith(DESK):
                response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return middleware
