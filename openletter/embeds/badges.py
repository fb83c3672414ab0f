"""A letter's number as a badge: its words, and how much room each style gives them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.formats import localize
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openletter.counters.counts import Numbers
from openletter.embeds.badge_colours import STYLE, colours
from openletter.embeds.text_widths import width_of
from openletter.letters.queries.letters import LetterView
from openletter.lib.people.characters import visible

LONGEST_LABEL = 60
# With one of these a picture shows nothing at all. `visible` takes the others that XML 1.0 forbids.
_NOT_IN_XML = dict.fromkeys([*range(0xD800, 0xE000), 0xFFFE, 0xFFFF])


@dataclass(frozen=True)
class Chosen:
    """What whoever shows a badge wants of it, as they wrote it in its address; "" is the usual."""

    label: str = ""
    colour: str = ""
    label_colour: str = ""
    look: str = "auto"


@dataclass(frozen=True)
class Words:
    """What a badge says; `towards` is the goal, and `share` how much of it is reached."""

    label: str
    count: str
    towards: str
    share: float
    title: str
    description: str


@dataclass(frozen=True)
class Badge:
    """All that the template of a style draws; lengths are in pixels."""

    words: Words
    colours: dict[str, SafeString]
    css: str
    room: dict[str, int]


def badge_of(letter: LetterView, numbers: Numbers, chosen: Chosen, *, style: str) -> Badge:
    """Return the badge of a letter, in the language that is active."""
    words = _words(letter, numbers, chosen)
    return Badge(
        words=words,
        colours=colours(colour=chosen.colour, label_colour=chosen.label_colour, look=chosen.look),
        css=STYLE if chosen.look == "auto" else "",
        room=STYLES[style](words),
    )


def _words(letter: LetterView, numbers: Numbers, chosen: Chosen) -> Words:
    count = localize(numbers.count)
    label = _one_line(chosen.label)[:LONGEST_LABEL].strip()
    if not width_of(label, size=1):
        label = ngettext("signature", "signatures", numbers.count)
    goal = numbers.goal or numbers.next_goal
    said = ngettext(
        "%(count)s signature under “%(title)s”", "%(count)s signatures under “%(title)s”",
        numbers.count,
    ) % {"count": count, "title": _one_line(letter.title)}  # fmt: skip
    return Words(
        label=label,
        count=count,
        towards=_towards(numbers),
        share=min(1.0, numbers.count / goal),
        title=f"{label}: {count}",
        description=said if letter.is_open else f"{said}. {_('Closed for signing')}",
    )


def _towards(numbers: Numbers) -> str:
    if not numbers.goal:
        return _("Next goal: %(goal)s") % {"goal": localize(numbers.next_goal)}
    goal = {"goal": localize(numbers.goal)}
    if numbers.count < numbers.goal:
        return _("Goal: %(goal)s") % goal
    return _("Goal of %(goal)s reached") % goal


def _one_line(text: str) -> str:
    """Return a text as XML may hold it, and so that it turns no word beside it round."""
    return " ".join(visible(text).translate(_NOT_IN_XML).split())


# --- Styles: what each measures; what it draws stands in templates/embeds/badges/<style>.svg ------


def _flat(words: Words) -> dict[str, int]:
    label, count = width_of(words.label, size=11), width_of(words.count, size=11, bold=True)
    left, right = label + 12, count + 12
    room = {"label": label, "count": count, "left": left, "right": right}
    return {**room, "width": left + right, "height": 20}


def _plain(words: Words) -> dict[str, int]:
    label, count = width_of(words.label, size=13), width_of(words.count, size=13, bold=True)
    left = count + 5
    return {"label": label, "count": count, "left": left, "width": left + label, "height": 20}


def _large(words: Words) -> dict[str, int]:
    label, count = width_of(words.label, size=13), width_of(words.count, size=36, bold=True)
    width = max(120, label + 24, count + 32)
    return {"label": label, "count": count, "middle": width // 2, "width": width, "height": 84}


def _progress(words: Words) -> dict[str, int]:
    plain, towards = _plain(words), width_of(words.towards, size=13)
    width = max(260, plain["width"] + 24 + towards)
    reached = int(width * words.share)  # full only when the goal is reached
    room = {"towards": towards, "towards_at": width - towards, "reached": reached}
    return {**plain, **room, "width": width, "height": 36}


STYLES: dict[str, Callable[[Words], dict[str, int]]] = {
    "flat": _flat,
    "plain": _plain,
    "large": _large,
    "progress": _progress,
}
