"""The WSGI door, served by openletter/server."""

from __future__ import annotations

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection

from openletter.lib import preload
from openletter.lib.db import fitness
from openletter.lib.http.content_types import PlainRequest


def _look_around() -> None:
    """Stop before the first visitor where the database is unfit; tell of a wrong clock."""
    # Has models, so not before there is an application.
    from openletter.alarms import wrong_clocks

    try:
        fitness.insist_on_fitness()
    except fitness.Unfit as problem:  # a sentence for the operator, without a traceback
        raise SystemExit(str(problem)) from problem
    wrong_clocks.watch_anew()
    connection.close()


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openletter.settings")
application = get_wsgi_application()
application.request_class = PlainRequest
if settings.PROCESS == "web":
    _look_around()
    # What is there by now stays, so that nobody's request waits for an import or while it is looked
    # through.
    preload.before_forking()
