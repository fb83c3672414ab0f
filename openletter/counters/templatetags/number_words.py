"""What depends on a letter's number, for templates."""

from __future__ import annotations

import json
from functools import lru_cache

from django import template
from django.utils.translation import get_language

from openletter.counters import words
from openletter.counters.counts import Numbers

register = template.Library()


@register.filter
def ordinal(number: int) -> str:
    """Say which place somebody has who signed, such as 13th."""
    return words.ordinal(number)


@register.filter
def about_versions(numbers: Numbers) -> str:
    """Say how many signed another text than the newest."""
    return words.about_versions(numbers)


@register.simple_tag
def templates_about_versions() -> str:
    """Return the same as templates for the script, as JSON."""
    return _json_about_versions(get_language())


@register.simple_tag
def about_others(numbers: Numbers, shown: int) -> str:
    """Say how many signed besides the names that are shown."""
    return words.about_others(numbers, shown=shown)


@register.simple_tag
def about_erased(numbers: Numbers) -> str:
    """Say how many signatures count whose data was deleted."""
    return words.about_erased(numbers)


@register.simple_tag
def templates_about_others() -> str:
    """Return the same as templates for the script, as JSON."""
    return _json_about_others(get_language())


# The same on every page in a language, and to try all of its plurals takes long.


@lru_cache(maxsize=100)
def _json_about_versions(_language: str | None) -> str:
    return json.dumps(words.templates_about_versions(), ensure_ascii=False)


@lru_cache(maxsize=100)
def _json_about_others(_language: str | None) -> str:
    return json.dumps(words.templates_about_others(), ensure_ascii=False)
