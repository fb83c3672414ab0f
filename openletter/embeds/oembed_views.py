"""oEmbed: a page on which somebody pastes a letter's address shows its number (oembed.com, 1.0)."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import Resolver404, resolve, reverse
from django.utils import translation
from django.views.decorators.http import require_safe

from openletter.counters.views import for_any_site
from openletter.embeds.snippets import Frame, frame_of
from openletter.letters.queries import letters
from openletter.letters.queries.letters import LetterView
from openletter.lib.http.answer_classes import public
from openletter.lib.http.site import absolute

WIDTH, HEIGHT = 480, 240
# Smaller, there would be nothing to read.
_LEAST_WIDTH, _LEAST_HEIGHT = 200, 120
# How long a page may show it before it asks again, in seconds; the number in it stays current.
_CACHE_AGE = 86_400
_FORMATS = ("json", "xml")


@require_safe
@for_any_site
@public(varies_by=("url", "format", "maxwidth", "maxheight"))
def oembed(request: HttpRequest) -> HttpResponse:
    """Say how a letter is shown elsewhere; 404 for all that is none, 501 for other formats."""
    wanted = request.GET.get("format", "json")
    if wanted not in _FORMATS:
        text = "This site answers in the formats json and xml."
        return JsonResponse({"error": text}, status=501)
    letter = _letter_at(request.GET.get("url", ""))
    if letter is None:
        return JsonResponse({"error": "There is no such letter."}, status=404)
    frame = frame_of(
        letter,
        width=_size(request.GET.get("maxwidth", ""), WIDTH, _LEAST_WIDTH),
        height=_size(request.GET.get("maxheight", ""), HEIGHT, _LEAST_HEIGHT),
    )
    said = _said(letter, frame)
    if wanted == "json":
        return JsonResponse(said)
    return HttpResponse(_xml(said), content_type="text/xml; charset=utf-8")


def addresses_of(letter_url: str) -> dict[str, str]:
    """Return where each format is, for the head of a letter's page."""
    path = absolute(reverse("oembed:oembed"))
    return {
        wanted: f"{path}?{urlencode({'url': letter_url, 'format': wanted})}" for wanted in _FORMATS
    }


def _letter_at(url: str) -> LetterView | None:
    """Return the letter whose page has this address, in the language that the address has."""
    try:
        parts, ours = urlsplit(url), urlsplit(settings.SITE_URL)
        if parts.scheme not in {"http", "https"} or parts.netloc != ours.netloc:
            return None
        language = translation.get_language_from_path(parts.path) or settings.LANGUAGE_CODE
        with translation.override(language):
            found = resolve(parts.path)
        if found.view_name != "pages:letter":
            return None
        return _read(found.kwargs["slug"], language)
    except (ValueError, Resolver404, letters.LetterMissing):
        return None


def _read(slug: str, language: str) -> LetterView:
    try:
        return letters.letter_in(slug, language)
    except letters.LetterMoved as moved:
        return letters.letter_in(moved.slug, language)


def _size(asked: str, usual: int, least: int) -> int:
    is_number = asked.isascii() and asked.isdigit() and len(asked) < 6
    return max(least, min(int(asked), usual)) if is_number else usual


def _said(letter: LetterView, frame: Frame) -> dict[str, str | int]:
    return {
        "version": "1.0",
        "type": "rich",
        "title": letter.title,
        "author_name": letter.sender_name,
        "provider_name": settings.SITE_NAME,
        "provider_url": f"{settings.SITE_URL}/",
        "cache_age": _CACHE_AGE,
        "html": frame.html,
        "width": frame.width,
        "height": frame.height,
    }


def _xml(said: dict[str, str | int]) -> str:
    fields = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in said.items())
    return f'<?xml version="1.0" encoding="utf-8"?><oembed>{fields}</oembed>'
