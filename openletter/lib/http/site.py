"""Addresses of this site, and what every template may know about it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, get_language_info, override


def absolute(path: str) -> str:
    """Return the full address of a path; mails are made where there is no request."""
    return f"{settings.SITE_URL}{path}"


def absolute_in(language: str, view_name: str, *parts: str | int) -> str:
    """Return the full address of a page in a language, or in the default one if it has no pages."""
    return absolute(path_in(language, view_name, *parts))


def path_in(language: str, view_name: str, *parts: str | int) -> str:
    """Return the path of a page in a language, or in the default one if it has no pages."""
    known = language in dict(settings.LANGUAGES)
    with override(language if known else settings.LANGUAGE_CODE):
        return reverse(view_name, args=parts)


def site(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the site's name, and this page in the other languages."""
    has_languages = request.method in {"GET", "HEAD"} and request.resolver_match is not None
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "languages": _languages(request) if has_languages else [],
    }


def _languages(request: HttpRequest) -> list[dict[str, Any]]:
    current = get_language()
    addresses = {
        code: request.path if code == current else _path_of(request, code)
        for code, _name in settings.LANGUAGES
    }
    return [
        {
            "code": code,
            # In the language itself: a reader looks for the word they know.
            "name": get_language_info(code)["name_local"],
            "url": address,
            "absolute_url": absolute(address),
            "current": code == current,
        }
        for code, address in addresses.items()
    ]


def _path_of(request: HttpRequest, language: str) -> str:
    """Return the path of this page in a language, or its own if it has no other.

    Django's `translate_url` would look for the page of the address once more, which takes longer
    than most of what a page says.
    """
    match = request.resolver_match
    assert match is not None  # noqa: S101 - `site` looked
    with override(language), suppress(NoReverseMatch):
        return reverse(match.view_name, args=match.args, kwargs=match.kwargs)
    return request.path
