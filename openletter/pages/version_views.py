"""The versions of a letter's text: all of them, each as it was signed, and what changed in it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from openletter.counters import counts
from openletter.letters import differences, versions
from openletter.letters.models import TextVersion
from openletter.letters.reading import LetterView
from openletter.letters.views import letter_or_redirect
from openletter.lib.caching import public
from openletter.lib.site import absolute


@require_safe
@public
def every_version(request: HttpRequest, slug: str) -> HttpResponse:
    """Every published version, newest first, and how many signatures belong to each."""
    found = letter_or_redirect(slug, "pages:versions")
    if isinstance(found, HttpResponse):
        return found
    published = versions.all_of(found.letter)
    signed = _signatures_of(found, published)
    context = {
        "letter": found,
        "versions": [{"version": one, "signatures": signed[one.pk]} for one in published],
        "canonical_url": absolute(reverse("pages:versions", args=[slug])),
    }
    return render(request, "pages/versions.html", context)


def _signatures_of(letter: LetterView, published: Sequence[TextVersion]) -> dict[int, int]:
    """Return how many of the counted signatures belong to each version, by its key."""
    if len(published) == 1:  # as with most letters; then the tally says it, and nothing is counted
        return {published[0].pk: counts.numbers_of(letter.letter).count}
    texts = {one.pk: [text.pk for text in one.translations.all()] for one in published}
    by_text = counts.signed_by_text(chain.from_iterable(texts.values()))
    return {version: sum(by_text[text] for text in of_it) for version, of_it in texts.items()}


@require_safe
@public
def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One version exactly as it was published, whether it is still the newest or not."""
    found = letter_or_redirect(slug, "pages:versions")
    if isinstance(found, HttpResponse):
        return redirect(f"{found['Location']}{number}/", permanent=True)
    try:
        text = versions.text_of(found.letter, number, request.LANGUAGE_CODE)
    except versions.VersionMissing:
        raise Http404 from None
    context = {
        "newest": found,
        "letter": LetterView(text, found.now),
        "is_newest": number == found.version_number,
        "canonical_url": absolute(reverse("pages:version", args=[slug, number])),
    }
    return render(request, "pages/version.html", context)


@require_safe
@public
def changes(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What a version says otherwise than the one before it."""
    found = letter_or_redirect(slug, "pages:versions")
    if isinstance(found, HttpResponse):
        return redirect(f"{found['Location']}{number}/changes/", permanent=True)
    try:
        step = versions.step_to(found.letter, number, request.LANGUAGE_CODE)
    except versions.VersionMissing:
        raise Http404 from None
    context = {
        "letter": found,
        "earlier": step.earlier.version,
        "later": step.later.version,
        "changes": differences.between(step.earlier, step.later),
        "is_newest": number == found.version_number,
        "canonical_url": absolute(reverse("pages:changes", args=[slug, number])),
    }
    return render(request, "pages/changes.html", context)
