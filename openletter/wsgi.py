"""The WSGI door, served by granian."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.urls import get_resolver

from openletter.lib import database
from openletter.lib.content_types import PlainRequest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openletter.settings")
application = get_wsgi_application()
application.request_class = PlainRequest
# Every view is imported now, or the first visitor after a start would wait a second for it.
_ = get_resolver().url_patterns
# Import what has models only now that there is a Django.
from openletter.mail import wrong_clocks  # noqa: E402

try:
    database.insist_on_fitness()
except database.Unfit as problem:  # a sentence for the operator, without a traceback
    raise SystemExit(str(problem)) from problem
wrong_clocks.watch_anew()
connection.close()
