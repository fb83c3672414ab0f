"""While PostgreSQL is away: the page that says so, at once and not after five seconds each time.

Else a few people who sign hold every thread of a web process, and the pages that it could give
from its memory (`lib/caching.py`) wait behind them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import psycopg
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from psycopg_pool import ConnectionPool, PoolTimeout

from openletter.lib.outage import Outage

RETRY_AFTER_SECONDS = 30
# What a load balancer asks: these look for themselves.
_ALWAYS_ASKED = ("/healthz", "/readyz")
_ASKS_FOR_SECONDS = 1.0
_database = Outage()


def broken(_request: HttpRequest) -> HttpResponse:
    """Answer an exception that no view caught: 503 when it passes by itself, else 500.

    PostgreSQL that is away, full, or slower than its time limits passes by itself: caches, search
    engines and senders of webhooks come again after a 503, and take a 500 for a defect.
    """
    problem = sys.exception()
    if not isinstance(problem, (OperationalError, InterfaceError)):
        return page_of(500, "500.html")
    if isinstance(problem.__cause__, PoolTimeout):
        _database.noticed()
    return _out_of_reach()


def answer_at_once(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: after a request that waited for PostgreSQL in vain, the next ones do not wait."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info not in _ALWAYS_ASKED and _database.lasts(_is_back):
            return _out_of_reach()
        return get_response(request)

    return middleware


def _is_back() -> bool:
    pool: ConnectionPool = connection.pool  # type: ignore[attr-defined]  # PostgreSQL's backend only
    try:
        with pool.connection(timeout=_ASKS_FOR_SECONDS):
            return True
    except psycopg.OperationalError:
        return False


def _out_of_reach() -> HttpResponse:
    return page_of(503, "503.html")


def page_of(status: int, template: str) -> HttpResponse:
    """Return the page of an error, made without a request and without the database."""
    page = render_to_string(template, {"site_name": settings.SITE_NAME})
    response = HttpResponse(page, status=status)
    if status == 503:
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
