"""Every number of a letter for other programs: as JSON, and as a table for a spreadsheet."""

from __future__ import annotations

import csv
import hashlib
import io

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from openletter.counters.every_number import (
    CSV_COLUMNS,
    EveryNumber,
    as_json,
    as_rows,
    every_number_of,
)
from openletter.counters.views import for_any_site
from openletter.letters.queries import letters
from openletter.lib.db import clock
from openletter.lib.http.answer_classes import public


@require_safe
@for_any_site
@public
def numbers_json(request: HttpRequest, slug: str) -> HttpResponse:
    found = _found(slug, "counters:numbers_json")
    if isinstance(found, HttpResponse):
        return found
    said = as_json(found)
    as_of = found.numbers.as_of.isoformat(timespec="seconds")
    return _tagged(JsonResponse({**said, "as_of": as_of}), repr(said))


@require_safe
@for_any_site
@public
def numbers_csv(request: HttpRequest, slug: str) -> HttpResponse:
    found = _found(slug, "counters:numbers_csv")
    if isinstance(found, HttpResponse):
        return found
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(CSV_COLUMNS)
    table.writerows(as_rows(found))
    response = HttpResponse(written.getvalue(), content_type="text/csv; charset=utf-8")
    return _tagged(response, repr(as_json(found)))


def _found(slug: str, view_name: str) -> EveryNumber | HttpResponse:
    """Return the numbers of a letter that shows them, or what to answer instead."""
    found = letters.letter_and_newest(slug)
    if found is None:
        present = letters.letter_at(slug)
        if present is None:
            return JsonResponse({"error": "There is no such letter."}, status=404)
        return redirect(view_name, present.slug, permanent=True)
    letter, newest = found
    if not letter.shows_numbers:
        return JsonResponse({"error": "This letter does not show its numbers."}, status=404)
    return every_number_of(letter, newest_version=newest, now=clock.now())


def _tagged(response: HttpResponse, said: str) -> HttpResponse:
    """The same numbers a second later are the same answer, whatever the time says."""
    digest = hashlib.blake2b(said.encode(), digest_size=12).hexdigest()
    response.headers["ETag"] = f'W/"{digest}"'
    return response
