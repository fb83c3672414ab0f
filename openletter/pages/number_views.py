"""The page of a letter's numbers: what counts, what does not, and what was corrected."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from openletter.counters.every_number import every_number_of
from openletter.letters.shortcuts import letter_or_redirect
from openletter.lib import charts
from openletter.lib.http.answer_classes import public
from openletter.lib.http.site import absolute
from openletter.signatures import countries
from openletter.statistics.origins import Origins


@require_safe
@public
def numbers(request: HttpRequest, slug: str) -> HttpResponse:
    """Every number of a letter that may be told."""
    found = letter_or_redirect(slug, "pages:numbers")
    if isinstance(found, HttpResponse):
        return found
    if not found.letter.shows_numbers:
        raise Http404
    every = every_number_of(found.letter, newest_version=found.version_number, now=found.now)
    context = {
        "letter": found,
        "every": every,
        "numbers": every.numbers,
        "first_day": every.days[0] if every.days else None,
        "last_day": every.days[-1] if every.days else None,
        "chart": charts.line([day.count for day in every.days]),
        "countries": _named(every.origins),
        "canonical_url": absolute(reverse("pages:numbers", args=[slug])),
    }
    return render(request, "pages/numbers.html", context)


@dataclass(frozen=True)
class _Country:
    name: str
    signatures: int


def _named(origins: Origins) -> list[_Country]:
    """Return the countries by their names in the reader's language, the largest first."""
    shown = origins.by_country.items()
    return [_Country(countries.name_of(code), number) for code, number in shown]
