"""What every page about an account asks before it answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from openletter.accounts import known_networks, limits, second_factors
from openletter.accounts.limits import Limit
from openletter.lib import clock

View = Callable[..., HttpResponse]

# Forms of all pages together. A network that says nothing about the client has no limit of its own
# (lib/networks.py); those of the accounts hold all the same.
_SENT = Limit("account forms from a network", 30, timedelta(minutes=1))
_READING = {"GET", "HEAD", "OPTIONS"}


def account_page(view: View, *, changes_account: bool = False) -> View:
    """Limit what is sent; let in to what changes the account only who gave the second factor."""

    @wraps(view)
    def checked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.method not in _READING and not _may_send(request):
            return _too_many(request)
        if changes_account and second_factors.is_missing(request):
            return ask_for_second_factor(request.get_full_path())
        return view(request, *args, **kwargs)

    return checked


def ask_for_second_factor(then: str) -> HttpResponse:
    """Lead to the page that asks for a code, and from there on."""
    query = urlencode({REDIRECT_FIELD_NAME: then})
    return HttpResponseRedirect(f"{reverse('mfa_reauthenticate')}?{query}")


def _may_send(request: HttpRequest) -> bool:
    network = known_networks.network_of(request)
    return network is None or limits.take(_SENT, str(network), now=clock.now())


def _too_many(request: HttpRequest) -> HttpResponse:
    response = render(request, "429.html", status=429)
    response.headers["Retry-After"] = "60"
    return response
