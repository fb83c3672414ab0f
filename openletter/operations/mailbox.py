"""/mailbox/, in development only: read the mails that ./run's mail catcher kept."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from openletter.lib import caught_mails
from openletter.lib.http.page_cache import private

_FILE_NAME = re.compile(r"[\w.-]+\.eml\Z")
_MOST_SHOWN = 100


@dataclass(frozen=True)
class CaughtMail:
    """One mail as somebody's mail program would show it."""

    file_name: str
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def recipient(self) -> str:
        return str(self.message["To"])

    @property
    def sent_at(self) -> str:
        return str(self.message["Date"])

    def part(self, kind: str) -> str:
        body = self.message.get_body(preferencelist=(kind,))
        return str(body.get_content()) if body else ""

    @property
    def text(self) -> str:
        return self.part("plain")


def _read(file: Path) -> CaughtMail:
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    return CaughtMail(file.name, message)


def _folder() -> Path:
    if not settings.MAILBOX_DIR:
        raise Http404
    return Path(settings.MAILBOX_DIR)


def _find(name: str) -> CaughtMail:
    file = _folder() / name
    if not _FILE_NAME.match(name) or not file.is_file():
        raise Http404
    return _read(file)


@require_safe
@private
def index(request: HttpRequest) -> HttpResponse:
    _folder()
    files = caught_mails.files()[:_MOST_SHOWN]
    return render(request, "operations/mailbox.html", {"mails": [_read(file) for file in files]})


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


urlpatterns = [
    path("mailbox/", index, name="mailbox"),
    path("mailbox/<str:name>/", mail, name="mail"),
    path("mailbox/<str:name>/html/", html_part, name="mail_html"),
]
