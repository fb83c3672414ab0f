"""What every page about an account asks before it answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from math import ceil

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from openletter.accounts import known_networks, second_factors
from openletter.lib.db import clock
from openletter.rate_limits import tries
from openletter.rate_limits.tries import Limit, Taken

View = Callable[..., HttpResponse]

# Forms of all pages together. Where everybody seems to come from this machine (`networks.LOCAL`)
# there is no such limit, or strangers would keep all staff out; those of the accounts hold all the
# same. Whoever brings an address that is none shares one (`networks.UNKNOWN`).
_SENT = Limit("account forms from a network", 30, timedelta(minutes=1))
# What a stranger is given a session for: to be asked for a passkey.
_ASKED = Limit("passkeys asked for from a network", 30, timedelta(minutes=1))
_READING = {"GET", "HEAD", "OPTIONS"}


def account_page(view: View, *, changes_account: bool = False, counts_all: bool = False) -> View:
    """Limit what is sent; let in to what changes the account only who gave the second factor.

    `counts_all` limits reading too, where it makes a session for a stranger.
    """

    @wraps(view)
    def checked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        reads = request.method in _READING
        sent = _count(request, _ASKED if reads else _SENT) if counts_all or not reads else None
        if sent is not None and sent.is_over:
            return _too_many(request, sent.wait)
        if changes_account and second_factors.is_missing(request):
            return ask_for_second_factor(request.get_full_path())
        return view(request, *args, **kwargs)

    return checked


def ask_for_second_factor(then: str) -> HttpResponse:
    """Lead to the page that asks for a code, and from there on."""
    query = urlencode({REDIRECT_FIELD_NAME: then})
    return HttpResponseRedirect(f"{reverse('mfa_reauthenticate')}?{query}")


def _count(request: HttpRequest, limit: Limit) -> Taken | None:
    """Count a request, mostly a form that was sent; None where the network has no limit."""
    network = known_networks.network_of(request)
    if network is None:
        return None
    return tries.take(*tries.from_network(limit, network), now=clock.now())


def _too_many(request: HttpRequest, wait: timedelta) -> HttpResponse:
    response = render(request, "429.html", status=429)
    response.headers["Retry-After"] = str(max(1, ceil(wait.total_seconds())))
    return response
