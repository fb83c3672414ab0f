"""What is pasted into other pages."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.html import format_html

from openletter.letters.queries.letters import LetterView
from openletter.lib.http.site import absolute_in

# A frame opens the letter in a page of its own and reloads itself, for which browsers want that
# scripts are allowed; its own policy forbids them (framing.py).
SANDBOX = "allow-popups allow-popups-to-escape-sandbox allow-scripts"


@dataclass(frozen=True)
class Frame:
    """A frame with a letter's number, in pixels; some browsers fit its height to what it shows."""

    html: str
    width: int
    height: int


def frame_of(letter: LetterView, *, width: int, height: int) -> Frame:
    html = format_html(
        '<iframe src="{}" title="{}" width="{}" height="{}" sandbox="{}" loading="lazy"'
        ' style="border:0;max-width:100%;frame-sizing:content-height"></iframe>',
        absolute_in(letter.language, "embeds:frame", letter.slug),
        letter.title,
        width,
        height,
        SANDBOX,
    )
    return Frame(html, width, height)
