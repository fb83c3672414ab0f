"""Sentences that depend on a letter's number: for the page, and for the script that follows it.

The script gets them as templates, such as “and {more} more”, with a form for each plural of the
language, and chooses as `Intl.PluralRules` does (`static/js/live-count.js`).
"""

from __future__ import annotations

from collections.abc import Callable

from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from openletter.counters.counts import Numbers

# Among these every language has an example of each of its plurals of whole numbers.
_EXAMPLES = (1, 2, 3, 5, 6, 0, 11, 20, 21, 22, 100, 1_000_000)

Forms = list[tuple[int, str]]


# --- Which place --------------------------------------------------------------------------------


def ordinal(number: int) -> str:
    """Return "13th", as it is said in the reader's language."""
    words = {
        "st": pgettext("as in 1st, 21st", "%(number)sst"),
        "nd": pgettext("as in 2nd, 22nd", "%(number)snd"),
        "rd": pgettext("as in 3rd, 23rd", "%(number)srd"),
        "th": pgettext("as in 4th, 11th, 13th", "%(number)sth"),
    }
    return words[_ending(number)] % {"number": localize(number)}


def _ending(number: int) -> str:
    is_teen = number // 10 % 10 == 1
    return "th" if is_teen else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


# --- Under which version ------------------------------------------------------------------------


def templates_about_versions() -> dict[str, str]:
    """Return what may stand below the number of a letter whose text has changed."""
    one = {"number": "{version}", "version": "{version}", "earlier": "{earlier}"}
    return {
        "all_under_one": _("all on version %(number)s") % one,
        "all_under_earlier": _("all on earlier versions"),
        "some_under_one": _("%(earlier)s of them on version %(version)s") % one,
        "some_under_earlier": _("%(earlier)s of them on earlier versions") % one,
    }


def about_versions(numbers: Numbers) -> str:
    """Say how many signed another text than the one beside the number; "" when nobody did."""
    newest = max(numbers.by_version, default=1)
    earlier = {
        number: count for number, count in numbers.by_version.items() if number != newest and count
    }
    if not earlier:
        return ""
    how_many = "some" if numbers.by_version[newest] else "all"
    which = "one" if len(earlier) == 1 else "earlier"
    values = {"version": min(earlier), "earlier": sum(earlier.values())}
    return _filled(templates_about_versions()[f"{how_many}_under_{which}"], values)


# --- Who is not named here ----------------------------------------------------------------------


def _more(number: int) -> str:
    return ngettext("and one more", "and %(more)s more", number)


def _more_unnamed(number: int) -> str:
    return ngettext(
        "and one more who prefers not to be named",
        "and %(unnamed)s more who prefer not to be named",
        number,
    )


def _more_some_unnamed(number: int) -> str:
    return ngettext(
        "and %(more)s more, one of whom prefers not to be named",
        "and %(more)s more, of whom %(unnamed)s prefer not to be named",
        number,
    )


def _only_unnamed(number: int) -> str:
    return ngettext(
        "One person or organisation that prefers not to be named",
        "%(unnamed)s people or organisations that prefer not to be named",
        number,
    )


def _not_shown_yet(number: int) -> str:
    return ngettext(
        "One signature. Reload this page to see who signed.",
        "%(more)s signatures. Reload this page to see who signed.",
        number,
    )


# Which of the two numbers decides the plural, and the sentence.
_SENTENCES: dict[str, tuple[str, Callable[[int], str]]] = {
    "more": ("more", _more),
    "more_unnamed": ("unnamed", _more_unnamed),
    "more_some_unnamed": ("unnamed", _more_some_unnamed),
    "only_unnamed": ("unnamed", _only_unnamed),
    "not_shown_yet": ("more", _not_shown_yet),
}


def templates_about_others() -> dict[str, Forms]:
    """Return what may stand below the names, with an example of each plural and its form."""
    return {kind: _forms(sentence) for kind, (_by, sentence) in _SENTENCES.items()}


def _forms(sentence: Callable[[int], str]) -> Forms:
    places = {"more": "{more}", "unnamed": "{unnamed}"}
    forms: dict[str, int] = {}
    for example in _EXAMPLES:
        forms.setdefault(sentence(example) % places, example)
    return [(example, form) for form, example in forms.items()]


def about_others(numbers: Numbers, *, shown: int) -> str:
    """Say how many signed besides the names that are shown, and how many of them hide theirs."""
    more = max(0, numbers.count - shown - numbers.erased)
    unnamed = min(numbers.unnamed, more)
    if not more:
        return ""
    by, sentence = _SENTENCES[_kind(more, unnamed, shown)]
    values = {"more": more, "unnamed": unnamed}
    return sentence(values[by]) % {name: localize(value) for name, value in values.items()}


def about_erased(numbers: Numbers) -> str:
    """Say how many signatures count whose data was deleted; "" when none does."""
    if not numbers.erased:
        return ""
    sentence = ngettext(
        "One signature counts without a name, because its data has been deleted.",
        "%(erased)s signatures count without a name, because their data has been deleted.",
        numbers.erased,
    )
    return sentence % {"erased": localize(numbers.erased)}


def _kind(more: int, unnamed: int, shown: int) -> str:
    if not shown:
        return "only_unnamed" if unnamed == more else "not_shown_yet"
    if not unnamed:
        return "more"
    return "more_unnamed" if unnamed == more else "more_some_unnamed"


def _filled(template: str, values: dict[str, int]) -> str:
    return template.format(**{name: localize(value) for name, value in values.items()})
