"""Is it alive, is it ready: two answers for whoever watches the site."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from openletter.lib import heartbeat
from openletter.lib.caching import private


@require_safe
@private
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Asks nothing else, so that a dead database restarts no web process."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@private
def readyz(request: HttpRequest) -> HttpResponse:
    """200 while people can read and sign, which takes the database only; the rest is told."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        database = True
    except DatabaseError:
        database = False
    workers = {
        "confirm": heartbeat.is_alive("mail.confirm"),
        "default": heartbeat.is_alive("mail.bulk"),
    }
    answer = {
        "ready": database,
        "database": database,
        "cache": heartbeat.is_heard(),
        "workers": workers,
    }
    return JsonResponse(answer, status=200 if database else 503)
