"""The updates on a letter: all of them, and each on a page of its own."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from openletter.letters.queries import updates
from openletter.letters.shortcuts import letter_or_redirect
from openletter.lib.http.answer_classes import public
from openletter.lib.http.requests import wellformed
from openletter.lib.http.site import absolute, absolute_in

# A number that fits the database; anything longer is no update of ours.
_MOST_DIGITS = 9


@require_safe
@public(varies_by=("after",))
@wellformed
def every_update(request: HttpRequest, slug: str) -> HttpResponse:
    """Every published update on a letter, newest first, by keyset."""
    found = letter_or_redirect(slug, "pages:updates")
    if isinstance(found, HttpResponse):
        return found
    after = request.GET.get("after", "")
    if after and not (after.isascii() and after.isdigit() and len(after) <= _MOST_DIGITS):
        raise Http404
    before = int(after) if after else None
    page = updates.page_of(found.letter, request.LANGUAGE_CODE, before=before)
    context = {
        "letter": found,
        "updates": page.updates,
        "next_cursor": page.next_cursor,
        "is_first_page": not after,
        "canonical_url": absolute(reverse("pages:updates", args=[slug])),
    }
    return render(request, "pages/updates.html", context)


@require_safe
@public
def update(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One update, to read and to link to."""
    found = letter_or_redirect(slug, "pages:updates")
    if isinstance(found, HttpResponse):
        return redirect(f"{found['Location']}{number}/", permanent=True)
    if number >= 10**_MOST_DIGITS:
        raise Http404
    try:
        view = updates.update_with_number(found.letter, number, request.LANGUAGE_CODE)
    except updates.UpdateMissing:
        raise Http404 from None
    context = {
        "letter": found,
        "update": view,
        "canonical_url": absolute_in(view.language, "pages:update", slug, number),
        "text_languages": view.languages,
    }
    return render(request, "pages/update.html", context)
