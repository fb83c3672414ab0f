"""Sessions, accounts and messages are there for the desk, and for nobody else.

Public pages know no cookie, so that there is nothing in them to look for; to look all the same took
a fourteenth of the time in which somebody confirms.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.utils.deprecation import MiddlewareMixin

# What only staff ask for.
DESK = ("/admin/", "/accounts/")


class _ForTheDesk(MiddlewareMixin):
    def __call__(self, request: HttpRequest) -> Any:
        if request.path_info.startswith(DESK):
            return super().__call__(request)
        return self.get_response(request)


class Sessions(_ForTheDesk, SessionMiddleware):
    """Django's own, at the desk."""


class Authentication(_ForTheDesk, AuthenticationMiddleware):
    """Django's own, at the desk."""


class Messages(_ForTheDesk, MessageMiddleware):
    """Django's own, at the desk."""
