"""The countries to choose from, in the language of the page and in its order."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from django.utils.choices import BaseChoiceIterator
from django.utils.translation import get_language, gettext
from django_countries import countries


class Countries(BaseChoiceIterator):
    """The countries in the page's language. A form is made for every request; this is not."""

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(_countries_in(get_language() or ""))


def name_of(code: str) -> str:
    """Return the name of a country in the page's language; "" for a code that is none."""
    return names().get(code, "")


def names() -> dict[str, str]:
    """Return the names of all countries by their codes, in the page's language."""
    return _names_in(get_language() or "")


@lru_cache(maxsize=100)
def _names_in(language: str) -> dict[str, str]:
    return dict(_countries_in(language)[1:])


@lru_cache(maxsize=100)
def _countries_in(_language: str) -> list[tuple[str, str]]:
    # django-countries puts letters with a mark by those without; a test looks.
    return [("", gettext("Choose a country")), *((code, str(name)) for code, name in countries)]
