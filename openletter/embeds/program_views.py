"""A letter's number for programs: how it grew, and for whoever draws badges of their own."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.utils.formats import localize
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from openletter.counters import counts
from openletter.counters.views import for_any_site
from openletter.embeds.finding import letter_or_answer
from openletter.embeds.languages import language_of
from openletter.lib.http.answer_classes import public
from openletter.statistics import growth

# Of a letter that is open for years; `numbers.csv` has every day.
DAYS = 366
# The colour of a badge of ours.
_COLOUR = "#1d3f94"


@require_safe
@for_any_site
@public(varies_by=("lang",))
def shields(request: HttpRequest, slug: str) -> HttpResponse:
    """Say how many signed, as shields.io and its like ask for it (their "endpoint badge")."""
    language = request.GET.get("lang", "")
    letter = letter_or_answer(request, slug, language, "pictures:shields")
    if isinstance(letter, HttpResponse):
        return letter
    numbers = counts.numbers_of(letter.letter, newest_version=letter.version_number)
    with translation.override(language_of(language, letter.language)):
        said = {
            "schemaVersion": 1,
            "label": ngettext("signature", "signatures", numbers.count),
            "message": localize(numbers.count),
            "color": _COLOUR,
        }
    return JsonResponse(said)


@require_safe
@for_any_site
@public
def series(request: HttpRequest, slug: str) -> HttpResponse:
    """Say how the number grew, by day and by hour: of days and hours that are over."""
    found = letter_or_answer(request, slug, "", "pictures:series")
    if isinstance(found, HttpResponse):
        return found
    if not found.letter.shows_numbers:
        return JsonResponse({"error": "This letter does not show its numbers."}, status=404)
    numbers = counts.numbers_of(found.letter, newest_version=found.version_number)
    days = growth.growth(found.letter.pk, now=numbers.as_of)[-DAYS:]
    hours = growth.hours(found.letter.pk, now=numbers.as_of)
    said = {
        "letter": found.slug,
        "count": numbers.count,
        "by_day": [{"date": day.date.isoformat(), **_moved(day)} for day in days],
        "by_hour": [
            {"hour": hour.hour.isoformat(timespec="seconds"), **_moved(hour)} for hour in hours
        ],
    }
    response = JsonResponse({**said, "as_of": numbers.as_of.isoformat(timespec="seconds")})
    # The same numbers a second later are the same answer, whatever `as_of` says.
    digest = hashlib.blake2b(repr(said).encode(), digest_size=12).hexdigest()
    response.headers["ETag"] = f'W/"{digest}"'
    return response


def _moved(over: growth.Day | growth.Hour) -> dict[str, int]:
    return {"count": over.count, "added": over.added, "taken_away": over.taken_away}
