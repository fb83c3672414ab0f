"""While PostgreSQL is away: the page that says so, at once and not after five seconds each time.

Else a few people who sign hold every thread of a web process, and the pages that it could give
from its memory (`lib/http/page_cache.py`) wait behind them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import psycopg
from django.conf import settings
from django.core.signals import got_request_exception
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from psycopg_pool import ConnectionPool, PoolTimeout

from openletter.lib.db import fitness
from openletter.lib.db.connection_options import LONGEST_ANSWER, LONGEST_ANSWER_TO_THE_PUBLIC
from openletter.lib.db.postgresql.connection import at_most
from openletter.lib.http.desk import DESK
from openletter.lib.outage import Outage

RETRY_AFTER_SECONDS = 30
# What a load balancer asks, and gets an answer of its own.
_ALWAYS_ASKED = "/readyz"
_ASKS_FOR_SECONDS = 1.0
_database = Outage()


def broken(_request: HttpRequest) -> HttpResponse:
    """Answer an exception that no view caught: 503 when it passes by itself, else 500.

    PostgreSQL that is away, full, or slower than its time limits passes by itself: caches, search
    engines and senders of webhooks come again after a 503, and take a 500 for a defect.
    """
    passes = fitness.passes_by_itself(sys.exception())
    return _out_of_reach() if passes else page_of(500, "500.html")


def _note_passing(*, request: HttpRequest | None = None, **_of_the_signal: object) -> None:
    """Receive every exception that becomes an answer: with DEBUG Django never calls `broken`."""
    problem = sys.exception()
    if request is not None and fitness.passes_by_itself(problem):
        learn_from(problem)
        request.met_outage = True  # type: ignore[attr-defined]


got_request_exception.connect(_note_passing)


def learn_from(problem: BaseException | None) -> None:
    """Note what an error tells about PostgreSQL: it is away, or perhaps, or it is about us."""
    cause = problem.__cause__ if problem else None
    if isinstance(cause, PoolTimeout):
        _database.noticed()
    # No answer at all: it is gone, silent, or only cut this line.
    elif isinstance(cause, psycopg.OperationalError) and cause.sqlstate is None:
        _database.doubted()


def is_away() -> bool:
    """Say whether to go without PostgreSQL now; one caller every two seconds waits to see."""
    return _database.lasts(_is_back)


def answer_at_once(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: after a request that waited for PostgreSQL in vain, the next ones do not wait.

    Nor does that one wait for ever: a slow page is an error to readers, and work to staff.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info != _ALWAYS_ASKED and is_away():
            return _out_of_reach()
        is_for_staff = request.path_info.startswith(DESK)
        with at_most(LONGEST_ANSWER if is_for_staff else LONGEST_ANSWER_TO_THE_PUBLIC):
            response = get_response(request)
        return _out_of_reach() if hasattr(request, "met_outage") else response

    return middleware


def _is_back() -> bool:
    pool: ConnectionPool | None = connection.pool  # type: ignore[attr-defined]  # PostgreSQL's only
    if pool is None:  # not a web process of ./run; whoever connects will see
        return True
    try:
        with at_most(_ASKS_FOR_SECONDS), pool.connection(timeout=_ASKS_FOR_SECONDS):
            return True
    except psycopg.OperationalError:
        return False


def _out_of_reach() -> HttpResponse:
    return page_of(503, "503.html")


def page_of(status: int, template: str, **context: str) -> HttpResponse:
    """Return the page of an error, made without a request and without the database."""
    page = render_to_string(template, {"site_name": settings.SITE_NAME, **context})
    response = HttpResponse(page, status=status)
    if status == 503:
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
