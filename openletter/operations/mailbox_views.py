"""/mailbox/, in development only: read the mails that ./run's mail catcher kept."""

from __future__ import annotations

from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from openletter.lib.http.answer_classes import private
from openletter.mail import caught_mails
from openletter.mail.caught_mails import CaughtMail

_MOST_SHOWN = 100


def _find(name: str) -> CaughtMail:
    mail = caught_mails.find(name)
    if mail is None:
        raise Http404
    return mail


@require_safe
@private
def index(request: HttpRequest) -> HttpResponse:
    if not settings.MAILBOX_DIR:
        raise Http404
    return render(request, "operations/mailbox.html", {"mails": caught_mails.newest(_MOST_SHOWN)})


@require_safe
@private
def mail(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, "operations/mail.html", {"mail": _find(name)})


# django-csp's types know of no view that takes more than a request.
@require_safe
@private  # type: ignore[arg-type]
@csp_update({"style-src": ["'unsafe-inline'"]})  # type: ignore[arg-type]
def html_part(request: HttpRequest, name: str) -> HttpResponse:
    """The mail's HTML part by itself; mails style inline, which pages may not."""
    return HttpResponse(_find(name).part("html"))
