"""Addresses of this site, and what every template may know about it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse, translate_url
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
        "languages": _languages(request.path) if has_languages else [],
    }


def _languages(path: str) -> list[dict[str, Any]]:
    current = get_language()
    # To look for the page of an address costs more than most of what a page says.
    addresses = {
        code: path if code == current else translate_url(path, code)
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
