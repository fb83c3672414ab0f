"""Every address of the site, found in its urlconf: for tests about all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern, RegexPattern, RoutePattern

# What stands for a part of an address that varies.
SAMPLES = {"slug": "open-letter", "str": "x", "int": "1", "path": "1", "uuid": "0" * 32}
_CONVERTER = re.compile(r"<(?:(\w+):)?\w+>")
_GROUP = re.compile(r"\((?:\?P<\w+>)?[^()]*\)")


def all_paths() -> list[str]:
    """Return one address for every pattern of the site, each language prefix included."""
    return sorted({f"/{path}" for path in _walk(get_resolver().url_patterns)})


def all_routes() -> list[str]:
    """Return every pattern as its urlconf writes it, but x for what a regular one takes."""
    return sorted(set(_walk(get_resolver().url_patterns, raw=True)))


def first_segments() -> set[str]:
    """Return the first segments that the site's own addresses have, where they are fixed."""
    routes = {_CONVERTER.sub("{}", path) for path in _walk(get_resolver().url_patterns, raw=True)}
    return {route.split("/")[0] for route in routes if "{}" not in route.split("/")[0]} - {""}


def _walk(patterns: list[URLPattern | URLResolver], *, raw: bool = False) -> Iterator[str]:
    for pattern in patterns:
        for start in _spellings(pattern.pattern, raw=raw):
            if isinstance(pattern, URLResolver):
                for rest in _walk(pattern.url_patterns, raw=raw):
                    yield start + rest
            else:
                yield start


def _spellings(pattern: object, *, raw: bool) -> list[str]:
    if isinstance(pattern, LocalePrefixPattern):
        others = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
        return ["", *(f"{code}/" for code in others)]
    if isinstance(pattern, RoutePattern):
        route = str(pattern)
        return [route if raw else _CONVERTER.sub(lambda part: SAMPLES[part[1] or "str"], route)]
    assert isinstance(pattern, RegexPattern)
    return [_GROUP.sub("x", str(pattern)).strip("^$").replace("\\Z", "").replace("\\", "")]
