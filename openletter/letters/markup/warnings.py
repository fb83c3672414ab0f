"""What a text says otherwise than its author may think, line by line, before it is published."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext as _

from openletter.letters.markup import literal_signs, parser, taken_signs
from openletter.letters.markup.completeness import lines_not_shown
from openletter.letters.markup.lines import lines_of

# Who gets more than that has pasted another kind of text.
MOST = 100


class TextWarning(NamedTuple):
    """A line, counted from 1, and one sentence about it."""

    line: int
    sentence: str


def warnings_for(markdown: str) -> list[TextWarning]:
    """Return what an author should look at before a text is published, in the order of its lines.

    Nothing that is written gets lost without a warning.
    """
    tokens = parser.parse_signs(markdown)
    written = parser.lines_of(markdown)
    found = {
        *literal_signs.in_lines_as_seen(line for token in tokens for line in lines_of(token)),
        *literal_signs.in_lines_as_written(written),
        *taken_signs.in_quotations(tokens, written),
        *taken_signs.in_numbers(tokens),
        *taken_signs.in_stress(tokens),
        *taken_signs.in_links(tokens),
        *taken_signs.in_escapes(tokens),
    }
    named = {number for number, _sentence in found}
    for number in lines_not_shown(markdown, tokens):
        if number not in named:
            sentence = _("Not everything you typed here will appear. Please check the preview.")
            found.add((number, sentence))
    return [TextWarning(number + 1, sentence) for number, sentence in sorted(found)][:MOST]
