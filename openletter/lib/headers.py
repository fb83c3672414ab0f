"""Headers that every answer carries whatever it is."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

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
        "publickey-credentials-get",
        "screen-wake-lock",
        "usb",
        "browsing-topics",
    )
)


_DESK = ("/admin/", "/accounts/")


def no_cookies_outside_the_desk(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: public pages see no cookie, so that nothing on them can depend on one.

    A stale session in the browser of a member of staff would otherwise be answered by a cookie.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(_DESK):
            request.META.pop("HTTP_COOKIE", None)
        return get_response(request)

    return middleware


def fixed_headers(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: switch off every browser feature we do not use; share nothing across origins."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", _NOTHING_ALLOWED)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response

    return middleware
