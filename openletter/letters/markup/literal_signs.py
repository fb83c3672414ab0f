"""What looks like markup and is none here, so that it is shown as it is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from html.entities import html5

from django.utils.translation import gettext as _

from openletter.letters.markup.lines import Line, short

# --- Within a line -------------------------------------------------------------------------------


def _html(sign: str) -> str:
    return _(
        "“%(sign)s” appears exactly as typed: HTML has no effect here. Line breaks need no markup."
    ) % {"sign": sign}


def _comment(sign: str) -> str:
    return _(
        "Everybody can read “%(sign)s” and what follows it: there are no hidden comments here."
        " Take out what nobody should read."
    ) % {"sign": sign}


def _template(sign: str) -> str:
    return _("“%(sign)s” appears exactly as typed: placeholders are not filled in here.") % {
        "sign": sign
    }


def _image(sign: str) -> str:
    return _("“%(sign)s” appears exactly as typed: texts cannot contain images. Take it out.") % {
        "sign": sign
    }


def _no_link(sign: str) -> str:
    return _(
        "“%(sign)s” appears exactly as typed: a link needs words and a full address that begins"
        " with https://, http:// or mailto:."
    ) % {"sign": sign}


def _no_reference(sign: str) -> str:
    return _(
        "“%(sign)s” appears exactly as typed. Put the address right after the words:"
        " [words](https://example.org)."
    ) % {"sign": sign}


def _footnote(sign: str) -> str:
    return _("“%(sign)s” appears exactly as typed: there are no footnotes here.") % {"sign": sign}


def _entity(sign: str) -> str:
    return _("“%(sign)s” appears exactly as typed. Type the character that it stands for.") % {
        "sign": sign
    }


def _backslash(sign: str) -> str:
    return _("The backslash in “%(sign)s” will be visible: this character does not need one.") % {
        "sign": sign
    }


def _last_backslash(_sign: str) -> str:
    return _(
        "The “\\” at the end of this line will be visible. Take it out: line breaks are kept"
        " without it."
    )


def _alone(sign: str) -> str:
    return _(
        "“%(sign)s” appears exactly as typed, because its counterpart is missing. To emphasise"
        " words, put it right before the first and right after the last of them."
    ) % {"sign": sign}


def _unknown_sign(sign: str) -> str:
    return _(
        "Many readers will see an empty box here: this character (U+%(code)s) exists only in the"
        " font of the program it was pasted from. Replace it, for example with •."
    ) % {"code": f"{ord(sign):04X}"}


def _turning_sign(sign: str) -> str:
    return _(
        "An invisible character (U+%(code)s) changes the order in which the text after it is"
        " displayed. Take it out."
    ) % {"code": f"{ord(sign):04X}"}


_SEEN: tuple[tuple[re.Pattern[str], Callable[[str], str]], ...] = (
    (re.compile(r"</?[A-Za-z][A-Za-z0-9-]{0,30}(?:[\s/][^<>]{0,300})?>"), _html),
    (re.compile(r"<!--"), _comment),
    (re.compile(r"\{[%{#]"), _template),
    (re.compile(r"!\[[^\[\]]{0,300}\]\([^()\s]{0,300}"), _image),
    (re.compile(r"(?<!!)\[[^\[\]]{0,300}\]\([^()\s]{0,300}\)?"), _no_link),
    (re.compile(r"\[[^\[\]]{1,300}\]\[[^\[\]]{0,100}\]"), _no_reference),
    (re.compile(r"\[\^[^\[\]\s]{1,50}\]"), _footnote),
    (re.compile(r"\\(?=$)"), _last_backslash),
    (re.compile(r"\\[!-/:-@\[\]^-`{-~]"), _backslash),
    (re.compile(r"(?<=\w)(?<![\w*]\*)\*\*(?![\w*])|(?<![\w*])\*\*(?=\w)"), _alone),
    (re.compile(r"[\ue000-\uf8ff]"), _unknown_sign),
    (re.compile(r"[\u202d\u202e]"), _turning_sign),
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def in_lines_as_seen(lines: Iterable[Line]) -> Iterator[tuple[int, str]]:
    for line in lines:
        for pattern, sentence in _SEEN:
            if found := pattern.search(line.text):
                yield line.number, sentence(short(found[0]))
        for found in _ENTITY.finditer(line.text):
            if found[0][1] == "#" or found[0][1:] in html5:
                yield line.number, _entity(found[0])
                break


# --- At the beginning of a line ------------------------------------------------------------------

_UNDERLINE = re.compile(r" {0,3}(={2,}|-{3,})[ \t]*\Z")
_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})")
_CLOSED_HEADING = re.compile(r"[ \t>]*#{1,6}[ \t].*[ \t](#{1,6})[ \t]*\Z")
_EDGE_OF_FRONT_MATTER = ("---", "+++")
_MOST_FIELDS = 100
_FIELD = re.compile(r"[A-Za-z_][\w-]{0,50}[ \t]*[:=]")


def in_lines_as_written(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    first = _front_matter_ends(lines)
    if first:
        sentence = _(
            "The lines from here to line %(line)d will appear as part of the text. Take out what"
            " was meant for a program."
        ) % {"line": first}
        yield 0, sentence
    for number, line in enumerate(lines[first:], start=first):
        above = lines[number - 1].strip() if number > first else ""
        if (found := _UNDERLINE.match(line)) and above:
            yield number, _underline(found[1])
        if found := _FENCE.match(line):
            sentence = _("“%(sign)s” appears exactly as typed: there are no code blocks here.")
            yield number, sentence % {"sign": short(found[1])}
        if found := _CLOSED_HEADING.match(line):
            sentence = _("“%(sign)s” after the heading will be visible. Take it out.")
            yield number, sentence % {"sign": found[1]}


def _underline(sign: str) -> str:
    if sign[0] == "=":
        return _(
            "“%(sign)s” appears exactly as typed. To turn the line above into a heading, write #"
            " and a space before it."
        ) % {"sign": short(sign)}
    return _(
        "“%(sign)s” becomes a horizontal line here. To turn the line above into a heading, write"
        " # and a space before it."
    ) % {"sign": short(sign)}


def _front_matter_ends(lines: Sequence[str]) -> int:
    """Return how many lines at the beginning are for the program of another site; 0 for none."""
    edge = lines[0].strip() if lines else ""
    if edge not in _EDGE_OF_FRONT_MATTER:
        return 0
    for number, line in enumerate(lines[1:_MOST_FIELDS], start=2):
        if line.strip() == edge:
            return number if number > 2 and _FIELD.match(lines[1]) else 0
    return 0
