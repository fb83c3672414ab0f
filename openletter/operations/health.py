"""Is it alive, is it ready: two answers for whoever watches the site."""

from __future__ import annotations

from collections.abc import Callable

from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.clickjacking import xframe_options_deny
from django.views.decorators.http import require_safe

from openletter.alarms import wrong_clocks
from openletter.lib.celery import heartbeat
from openletter.lib.db import clock
from openletter.lib.http.answer_classes import private
from openletter.pages import outages

HEALTHZ = "/healthz"


def answer_healthz(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: `/healthz` reaches nothing that could wait for anybody, sessions included."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return healthz(request) if request.path_info == HEALTHZ else get_response(request)

    return middleware


@xframe_options_deny
@require_safe
@private
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Asks nothing else, so that a dead database restarts no web process."""
    return HttpResponse("ok\n", content_type="text/plain")


def watch_clock(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: after a request that found this machine's clock to be wrong, an alarm says so."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code < 500:
            wrong_clocks.watch()
        return response

    return middleware


@require_safe
@private
def readyz(request: HttpRequest) -> HttpResponse:
    """200 while people can read and sign, which takes the database only; the rest is told."""
    database = not outages.is_away() and _database_answers()
    workers = {
        "confirm": heartbeat.is_alive("mail.confirm"),
        "default": heartbeat.is_alive("mail.bulk"),
    }
    answer = {
        "ready": database,
        "database": database,
        "clock": not clock.is_wrong(),
        "cache": heartbeat.is_heard(),
        "workers": workers,
    }
    return JsonResponse(answer, status=200 if database else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError) as problem:
        outages.learn_from(problem)  # or those who ask often would hold every thread
        return False
    return True
