"""The trends of a letter at the desk. Bars, networks and domains lead to a prepared sweep."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from openletter.accounts import access
from openletter.accounts.access import Action
from openletter.accounts.models import User
from openletter.letters.models import Letter
from openletter.lib import charts
from openletter.lib.admin.pages import answer
from openletter.lib.db import clock
from openletter.lib.people import network_owners
from openletter.signatures import countries
from openletter.statistics.alerts import choose, wants
from openletter.statistics.trends import OpenedHour, Period, Source, trends
from openletter.statistics.unpressed import together

_MINUTE = "%Y-%m-%dT%H:%M"
# Enough of a keyed hash to tell networks apart.
_SHOWN_OF_KEY = 8


@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what happens under a letter."""
    letter = access.get_object(request.user, Action.SEE_SIGNATURES, Letter, pk=pk)
    found = trends(letter.pk, now=clock.now())
    context = {
        "letter": letter,
        "counted_at": found.counted_at,
        "charts": [
            _signed_chart(letter, _("The last 48 hours"), "DATETIME_FORMAT", found.hours),
            _signed_chart(letter, _("The last 30 days"), "DATE_FORMAT", found.days),
        ],
        "opened": {
            "chart": _opened_chart(found.opened_hours),
            "domains": found.opened_domains,
            "all": together(found.opened_domains),
        },
        "sources": found.sources,
        "tables": [
            _table(
                _("Networks"),
                _("network"),
                _networks(letter, found.sources.networks),
                tells_owners=network_owners.is_known(),
            ),
            _table(_("E-mail domains"), _("domain"), _domains(letter, found.sources.domains)),
            _table(_("Countries"), _("country"), _countries(letter, found.sources.countries)),
        ],
    }
    title = _("Trends of “%(letter)s”") % {"letter": letter}
    return answer(request, "admin/statistics/trends.html", title, context)


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(Action.DECIDE_SIGNATURES)
def alerts(request: HttpRequest) -> HttpResponse:
    """Let somebody have mails about what happens under letters, or none."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - `needs` looked
    if request.method == "POST":
        choose(user, wanted="wanted" in request.POST)
        messages.success(request, _("Your choice is stored."))
        return redirect("statistics:alerts")
    context = {"wanted": wants(user), "most_held": settings.HELD_ALERT}
    return answer(request, "admin/statistics/alerts.html", _("Mails to moderators"), context)


def _signed_chart(
    letter: Letter, title: str, time_format: str, periods: list[Period]
) -> dict[str, Any]:
    links = [_sweep(letter, **_between(one)) if one.signed else "" for one in periods]
    labels = [_("signed"), _("confirmed"), _("held")]
    return {**_chart(periods, links, labels), "title": title, "time_format": time_format}


def _opened_chart(hours: list[OpenedHour]) -> dict[str, Any]:
    labels = [_("opened"), _("button pressed")]
    chart = _chart(hours, [""] * len(hours), labels)
    return {**chart, "title": _("The last 48 hours"), "time_format": "DATETIME_FORMAT"}


def _chart(
    periods: Sequence[Period | OpenedHour], links: list[str], labels: list[str]
) -> dict[str, Any]:
    top, bars = charts.bars([one.numbers for one in periods])
    rows = [one for one in zip(periods, links, strict=True) if any(one[0].numbers)]
    return {
        "labels": labels,
        "top": top,
        "bars": list(zip(bars, links, strict=True)),
        "first": periods[0],
        "last": periods[-1],
        "rows": rows[::-1],
    }


def _between(period: Period) -> dict[str, str]:
    begin, end = localtime(period.begins_at), localtime(period.ends_at)
    return {"signed_from": begin.strftime(_MINUTE), "signed_to": end.strftime(_MINUTE)}


def _table(
    title: str, label: str, rows: list[tuple[str, Source, str]], *, tells_owners: bool = False
) -> dict[str, Any]:
    return {"title": title, "label": label, "rows": rows, "tells_owners": tells_owners}


def _networks(letter: Letter, found: list[Source]) -> list[tuple[str, Source, str]]:
    named = [replace(one, country=_country(one.country)) for one in found]
    return [(one.key[:_SHOWN_OF_KEY], one, _sweep(letter, network=one.key)) for one in named]


def _domains(letter: Letter, found: list[Source]) -> list[tuple[str, Source, str]]:
    return [(one.key, one, _sweep(letter, domain=one.key)) for one in found]


def _countries(letter: Letter, found: list[Source]) -> list[tuple[str, Source, str]]:
    return [(_country(one.key), one, _sweep(letter, country=one.key)) for one in found]


def _country(code: str) -> str:
    return countries.name_of(code) or code


def _sweep(letter: Letter, **asked: str) -> str:
    """Return the address of a prepared sweep; "" where there are none."""
    with suppress(NoReverseMatch):
        return f"{reverse('admin:sweeps_sweep_ask')}?{urlencode({'letter': letter.pk, **asked})}"
    return ""
