"""Accounts over HTTP, as far as allauth's own views do not do it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse


def no_such_page(request: HttpRequest) -> HttpResponse:
    """Stand in the way of a page of allauth that we do not offer."""
    raise Http404
