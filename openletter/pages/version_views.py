"""The versions of a letter's text: all of them, each as it was signed, and what changed in it."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from openletter.counters import counts
from openletter.letters.diff import differences
from openletter.letters.models import TextVersion
from openletter.letters.queries import versions
from openletter.letters.queries.letters import LetterView, view_of
from openletter.letters.shortcuts import letter_or_redirect
from openletter.lib.http.answer_classes import public
from openletter.lib.http.site import absolute, absolute_in


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
        return {published[0].pk: counts.numbers_of(letter.letter, newest_version=1).count}
    signed = counts.signed_by_version([letter.letter.pk])[letter.letter.pk]
    return {one.pk: signed.get(one.number, 0) for one in published}


@require_safe
@public
def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One version exactly as it was published, whether it is still the newest or not."""
    found = letter_or_redirect(slug, "pages:versions")
    if isinstance(found, HttpResponse):
        return redirect(f"{found['Location']}{number}/", permanent=True)
    try:
        texts = versions.texts_of(found.letter, number)
    except versions.VersionMissing:
        raise Http404 from None
    shown = view_of(texts, request.LANGUAGE_CODE, now=found.now)
    context = {
        "newest": found,
        "letter": shown,
        "is_newest": number == found.version_number,
        "canonical_url": absolute_in(shown.language, "pages:version", slug, number),
        "text_languages": shown.languages,
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
        "canonical_url": absolute_in(step.later.language, "pages:changes", slug, number),
        "text_languages": step.languages or (step.later.language,),
    }
    return render(request, "pages/changes.html", context)
