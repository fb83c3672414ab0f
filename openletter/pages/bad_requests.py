"""The page for a request that Django refused to read: too large, with a file, or damaged."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from openletter.lib.uploads import NoFileTaken


def answer(_request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say what was wrong, where the sender can do something about it."""
    status, sentence = 400, ""
    if isinstance(exception, RequestDataTooBig):
        status = 413
        sentence = _("What your browser sent is too large. Go back, shorten it, and send it again.")
    elif isinstance(exception, NoFileTaken):
        sentence = _("This page takes no files. Go back and send the form without one.")
    context = {"site_name": settings.SITE_NAME, "sentence": sentence}
    return HttpResponse(render_to_string("400.html", context), status=status)
