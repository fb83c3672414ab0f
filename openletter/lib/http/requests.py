"""What every HTTP door shares: who calls, from where, and is the request well formed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

from openletter.lib.http import body_sizes, content_types
from openletter.lib.people.networks import Network, network_of

P = ParamSpec("P")
View = Callable[P, HttpResponse]


def client_address(request: HttpRequest) -> str:
    """Return the client's address, believing only as many proxies as the operator runs.

    Every proxy appends the address it saw; so with N trusted proxies the N-th entry of
    X-Forwarded-For from the right is the client, and everything left of it is hearsay. It may be
    no address at all, as it is whatever the last proxy wrote; see `networks.UNKNOWN`.
    """
    direct: str = request.META.get("REMOTE_ADDR", "")
    count: int = settings.TRUSTED_PROXIES
    if not count:
        return direct
    seen = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    return seen[-count] if len(seen) >= count and seen[-count] else direct


def client_network(request: HttpRequest) -> Network:
    """Return the network by which the limits know a client; always one, so that none is open."""
    return network_of(client_address(request))


def is_cross_site(request: HttpRequest) -> bool:
    """Say whether a browser told us that another site sent this form.

    Older browsers send no `Sec-Fetch-Site`, and `Origin: null` from pages that pass on no referrer.
    They pass here; what they send must carry a signed form token or token anyway.
    """
    site = request.META.get("HTTP_SEC_FETCH_SITE")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = request.META.get("HTTP_ORIGIN")
    if origin in {None, "null"}:
        return False
    try:
        return bool(urlsplit(origin).netloc != request.get_host())
    except ValueError:  # nothing that a browser would send
        return True


def wellformed(view: View[P]) -> View[P]:
    """Answer 400 to bodies over 64 KiB, other encodings than UTF-8, and what is no text in it."""

    @wraps(view)
    def checked(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        request = cast("HttpRequest", args[0])
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            raise BadRequest("The Content-Length header is not a number.") from None
        if length > body_sizes.PUBLIC:
            raise BadRequest("The request is too large.")
        if request.method == "POST" and not content_types.is_understood(request):
            raise BadRequest("The Content-Type cannot be read, or is not UTF-8.")
        for fields in (request.GET, request.POST):
            for key, values in fields.lists():
                # Django replaces broken UTF-8 by U+FFFD; nobody types that character.
                if any("\x00" in text or "\ufffd" in text for text in (key, *values)):
                    raise BadRequest("The request holds characters that are not text.")
        return view(*args, **kwargs)

    return checked
