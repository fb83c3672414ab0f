"""The one address under which a public page is found, and the way there from all others.

A page that is kept for everyone is kept under its address. So the address may hold nothing but what
the page depends on: neither what a campaign or a network appended to it (`utm_source`, `fbclid`)
nor a parameter that a view looks at without saying so, or one visitor would get what another asked.
"""

from __future__ import annotations

from urllib.parse import quote, urlencode

from django.http import HttpRequest, HttpResponsePermanentRedirect


def redirect_to_canonical(
    request: HttpRequest, varies_by: tuple[str, ...]
) -> HttpResponsePermanentRedirect | None:
    """Return the way to the address with the parameters of `varies_by` alone, or None if it is it.

    They stand there in the order in which they were declared, each once and none of them empty.
    """
    asked = request.META.get("QUERY_STRING", "")
    if not asked:
        return None
    canonical = _query(request, varies_by) if varies_by else ""
    if asked == canonical:
        return None
    address = quote(request.path)
    return HttpResponsePermanentRedirect(f"{address}?{canonical}" if canonical else address)


def _query(request: HttpRequest, varies_by: tuple[str, ...]) -> str:
    said = ((name, request.GET.get(name, "")) for name in varies_by)
    return urlencode([(name, value) for name, value in said if value])
