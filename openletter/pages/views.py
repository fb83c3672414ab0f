"""Pages that combine packages: home, a letter, and everybody who signed it."""

from __future__ import annotations

from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from openletter.counters import counts
from openletter.embeds import oembed_views
from openletter.letters.queries import letters, updates
from openletter.letters.shortcuts import letter_or_redirect
from openletter.lib.http.answer_classes import public
from openletter.lib.http.requests import wellformed
from openletter.lib.http.site import absolute, absolute_in
from openletter.signatures import signatory_list
from openletter.signatures.abuse import form_tokens
from openletter.signatures.forms import SignForm, made_of

NEWEST_ON_LETTER = 20


@require_safe
@public
def home(request: HttpRequest) -> HttpResponse:
    """Every public letter with its number."""
    found = letters.letters_in(request.LANGUAGE_CODE)
    numbers = counts.numbers_of_each({letter.letter: letter.version_number for letter in found})
    shown = [{"letter": letter, "numbers": numbers[letter.letter.pk]} for letter in found]
    canonical = absolute(reverse("pages:home"))
    return render(request, "pages/home.html", {"letters": shown, "canonical_url": canonical})


def _numbers_of(letter: letters.LetterView) -> counts.Numbers:
    newest = letter.version_number
    return counts.numbers_of(letter.letter, newest_version=newest, with_unnamed=True)


@require_safe
@public
def letter(request: HttpRequest, slug: str) -> HttpResponse:
    """A letter to read and sign, its number, and the newest names under it."""
    found = letter_or_redirect(slug, "pages:letter")
    if isinstance(found, HttpResponse):
        return found
    first = signatory_list.first_signatories(found.letter.pk)
    newest = signatory_list.newest(found.letter.pk, size=NEWEST_ON_LETTER)
    canonical = absolute_in(found.language, "pages:letter", slug)
    form_token = form_tokens.make(found.translation.public_id)
    context = {
        "letter": found,
        "numbers": _numbers_of(found),
        # Made only where the page has none of it yet: `components/sign_section.html`.
        "new_form": partial(SignForm, letter=found.letter, form_token=form_token),
        "form_made_of": made_of(found.letter, form_token),
        "first": first,
        "newest": newest.names,
        "shown": len(first) + len(newest.names),
        "has_more": bool(newest.next_cursor),
        "newest_update": updates.newest(found.letter, request.LANGUAGE_CODE),
        "letter_url": canonical,
        "canonical_url": canonical,
        "text_languages": found.languages,
        "oembed": oembed_views.addresses_of(canonical),
    }
    return render(request, "pages/letter.html", context)


@require_safe
@public(varies_by=("after",))
@wellformed
def signatories(request: HttpRequest, slug: str) -> HttpResponse:
    """Everybody who signed and chose to be shown, by keyset: every page costs the same."""
    found = letter_or_redirect(slug, "pages:signatories")
    if isinstance(found, HttpResponse):
        return found
    after = request.GET.get("after", "")
    if after and not (after.isascii() and after.isdigit() and len(after) < 10):
        raise Http404
    page = signatory_list.newest(found.letter.pk, after=int(after) if after else None)
    first = [] if after else signatory_list.first_signatories(found.letter.pk)
    numbers = _numbers_of(found)
    context = {
        "letter": found,
        "numbers": numbers,
        "first": first,
        "others": page.names,
        # The last page ends what the ones before it began.
        "shown": numbers.count - numbers.unnamed - numbers.erased
        if after
        else len(first) + len(page.names),
        "next_cursor": page.next_cursor,
        "is_first_page": not after,
        "canonical_url": absolute(reverse("pages:signatories", args=[slug])),
    }
    return render(request, "pages/signatories.html", context)
