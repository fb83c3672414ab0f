"""The two classes of answers: public ones, for any cache, and private ones, for none."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial, wraps
from typing import cast, overload

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from openletter.lib.http.canonical import redirect_to_canonical
from openletter.lib.http.requests import P, View

PUBLIC = "public, max-age=10, stale-while-revalidate=60, stale-if-error=86400"
PRIVATE = "no-store"


@overload
def public(view: View[P]) -> View[P]: ...
@overload
def public(*, varies_by: tuple[str, ...]) -> Callable[[View[P]], View[P]]: ...
def public(
    view: View[P] | None = None, *, varies_by: tuple[str, ...] = ()
) -> View[P] | Callable[[View[P]], View[P]]:
    """Mark a page that is the same for everyone: cacheable by anyone, with an ETag.

    `varies_by` names the parameters of the address that the page depends on. With any other it
    leads to the address without them, so that the view is never asked with one that it did not
    declare. A view may set `ETag` itself when its bytes hold something that does not matter, like
    a time.
    """
    if view is None:
        return cast("Callable[[View[P]], View[P]]", partial(_public, varies_by=varies_by))
    return _public(view, varies_by)


def _public(view: View[P], varies_by: tuple[str, ...]) -> View[P]:
    @wraps(view)
    def marked(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        elsewhere = redirect_to_canonical(cast("HttpRequest", args[0]), varies_by)
        if elsewhere is not None:
            return elsewhere
        response = view(*args, **kwargs)
        if response.status_code == 200:
            response.varies_by = varies_by  # type: ignore[attr-defined]  # for PublicCache
            response.headers["Cache-Control"] = PUBLIC
            if not response.has_header("ETag"):
                digest = hashlib.blake2b(response.content, digest_size=12).hexdigest()
                # Weak: the compressed and the plain answer are the same page.
                response.headers["ETag"] = f'W/"{digest}"'
            patch_vary_headers(response, ["Accept-Encoding"])
        return response

    marked.varies_by = varies_by  # type: ignore[attr-defined]  # for the test of every public view
    return marked


def private(view: View[P]) -> View[P]:
    """Mark a page about one person: never stored, never indexed, its address never passed on."""

    @wraps(view)
    def marked(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(*args, **kwargs)
        response.headers["Cache-Control"] = PRIVATE
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return marked
