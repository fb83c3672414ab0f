"""A cache of a second in the process for public answers.

They are the same for everyone, so any cache may keep them and this process does too:
a crowd on one letter then costs the database one reading a second, however large the crowd.
"""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags

from openletter.lib.http.answer_classes import PRIVATE, PUBLIC
from openletter.lib.http.canonical import redirect_to_canonical

# Longer than any rendering, shorter than anyone would notice.
_MAX_STALE_SECONDS = 10.0
# While the database is away. Shorter than what PUBLIC allows to caches in front: a name that was
# taken back should not come back for long.
_MAX_STALE_IF_ERROR_SECONDS = 3600.0
_MAX_ENTRIES = 300
_LEAST_BYTES_TO_COMPRESS = 1024
# What a redirect has of its own, or not at all.
_OF_THE_PAGE_ONLY = {"Cache-Control", "Content-Length", "Content-Type", "ETag", "Vary"}


def _is_for_everyone(response: HttpResponse) -> bool:
    """Say whether an answer may be kept; whatever looks personal loses its public class."""
    if response.headers.get("Cache-Control") != PUBLIC or not response.has_header("ETag"):
        return False
    if response.cookies or "cookie" in response.headers.get("Vary", "").lower():
        response.headers["Cache-Control"] = PRIVATE
        return False
    return True


def _takes_gzip(request: HttpRequest) -> bool:
    for offer in request.META.get("HTTP_ACCEPT_ENCODING", "").split(","):
        coding, _semicolon, weight = offer.replace(" ", "").partition(";")
        if coding == "gzip":
            return weight not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


class _Kept:
    """One public answer, plain and compressed, ready to be sent again."""

    def __init__(self, response: HttpResponse) -> None:
        self.content = response.content
        self.headers = dict(response.items())
        self.etag = self.headers["ETag"]
        self.varies_by: tuple[str, ...] = getattr(response, "varies_by", ())
        self.compressed = b""
        if len(self.content) >= _LEAST_BYTES_TO_COMPRESS:
            self.compressed = gzip.compress(self.content, compresslevel=5, mtime=0)
        self.kept_at = time.monotonic()
        self.is_renewing = False

    def answer(self, request: HttpRequest) -> HttpResponse:
        wanted = request.META.get("HTTP_IF_NONE_MATCH")
        response: HttpResponse
        if wanted and (wanted.strip() == "*" or self.etag in parse_etags(wanted)):
            response = HttpResponseNotModified()
            for name in ("Cache-Control", "ETag", "Vary", "Access-Control-Allow-Origin"):
                if name in self.headers:
                    response.headers[name] = self.headers[name]
            return response
        body, encoding = self.content, ""
        if self.compressed and _takes_gzip(request):
            body, encoding = self.compressed, "gzip"
        response = HttpResponse(body, headers=self.headers)
        if encoding:
            response.headers["Content-Encoding"] = encoding
        response.headers["Content-Length"] = str(len(body))
        return response

    def elsewhere(self, request: HttpRequest) -> HttpResponse | None:
        """Return the redirect to the canonical address that the view would give, if it would."""
        response = redirect_to_canonical(request, self.varies_by)
        if response is not None:
            for name, value in self.headers.items():
                if name not in _OF_THE_PAGE_ONLY:
                    response.headers[name] = value
            response.headers["Cache-Control"] = PRIVATE
            response.headers["Content-Length"] = str(len(response.content))
        return response


class PublicCache:
    """Middleware: keep public answers for `PUBLIC_CACHE_SECONDS` and answer conditional requests.

    While one thread renews an answer, the others go on with the last one; so do all while the
    database is away (503), for up to an hour.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._kept: dict[tuple[str, ...], _Kept] = {}
        self._lock = threading.Lock()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            return self._unkept(request)
        try:
            request.get_host()
        except DisallowedHost:  # a kept answer must not hide a forged Host header
            return self._unkept(request)
        key = self._key(request)
        kept = self._fresh(key)
        if kept is not None:
            return kept.answer(request)
        # A crowd that follows a link with campaign tags, each with its own, costs nothing more; and
        # it finds the page also while the database is away.
        page = self._kept.get(self._key(request, query="")) if key[1] else None
        elsewhere = page.elsewhere(request) if page else None
        if elsewhere is not None:
            return elsewhere
        try:
            response = self._unkept(request)
        except BaseException:
            self._give_up(key)
            raise
        if response.status_code == 503:
            kept = self._last_one(key)
            return kept.answer(request) if kept else response
        if not _is_for_everyone(response):
            self._give_up(key)
            return response
        kept = _Kept(response)
        self._keep(key, kept)
        return kept.answer(request)

    def _unkept(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", PRIVATE)
        return response

    @staticmethod
    def _key(request: HttpRequest, *, query: str | None = None) -> tuple[str, ...]:
        """The address. Only canonical ones are kept, as at all others `public` answers nothing."""
        if query is None:
            query = request.META.get("QUERY_STRING", "")
        return (request.path_info, query, request.scheme or "")

    def _fresh(self, key: tuple[str, ...]) -> _Kept | None:
        kept = self._kept.get(key)
        if kept is None:
            return None
        age = time.monotonic() - kept.kept_at
        if age < settings.PUBLIC_CACHE_SECONDS:
            return kept
        if age > _MAX_STALE_SECONDS:
            return None
        with self._lock:
            if kept.is_renewing:
                return kept
            kept.is_renewing = True
        return None

    def _last_one(self, key: tuple[str, ...]) -> _Kept | None:
        """Return what stands in for a 503."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is None or time.monotonic() - kept.kept_at > _MAX_STALE_IF_ERROR_SECONDS:
                return None
            kept.is_renewing = False
            return kept

    def _keep(self, key: tuple[str, ...], kept: _Kept) -> None:
        if not settings.PUBLIC_CACHE_SECONDS:
            return
        with self._lock:
            self._kept.pop(key, None)
            while len(self._kept) >= _MAX_ENTRIES:
                self._kept.pop(next(iter(self._kept)))
            self._kept[key] = kept

    def _give_up(self, key: tuple[str, ...]) -> None:
        with self._lock:
            self._kept.pop(key, None)
