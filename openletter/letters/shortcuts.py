"""How a letter's page is found, for every package that shows one."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language

from openletter.letters.queries import letters
from openletter.letters.queries.letters import LetterView


def letter_wherever(slug: str) -> LetterView:
    """Return the letter that has or once had this address. Raises `Http404` when there is none."""
    language = get_language() or ""
    try:
        return letters.letter_in(slug, language)
    except letters.LetterMoved as moved:
        return letters.letter_in(moved.slug, language)
    except letters.LetterMissing:
        raise Http404 from None


def letter_or_redirect(slug: str, view_name: str, *more: object) -> LetterView | HttpResponse:
    """Return the letter in the page's language, or a redirect to the address it has now.

    `more` is what stands behind the letter in the address of the view.

    Raises `Http404` when nobody may read such a letter.
    """
    try:
        return letters.letter_in(slug, get_language() or "")
    except letters.LetterMoved as moved:
        return redirect(view_name, moved.slug, *more, permanent=True)
    except letters.LetterMissing:
        raise Http404 from None
