"""The least a Django site can do, for comparison: one view, no middleware, no database.

Served by the same granian with the same flags, its rate is what the machine has to give today.
"""

from __future__ import annotations

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.urls import path


def hello(_request: HttpRequest) -> HttpResponse:
    """Answer as Django's CommonMiddleware would: with a length, so that connections stay open."""
    return HttpResponse(b"ok\n", content_type="text/plain", headers={"Content-Length": "3"})


urlpatterns = [path("", hello)]

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"])
django.setup(set_prefix=False)
application = WSGIHandler()
