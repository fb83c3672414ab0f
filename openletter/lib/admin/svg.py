"""Pieces of SVG, escaped, in the reader's own colour, and without what a strict CSP forbids."""

from __future__ import annotations

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe


def piece(name: str, *inside: str, **attributes: object) -> SafeString:
    """Return an element. Text and attributes are escaped; other pieces go in as they are.

    `stroke_width` becomes `stroke-width`, `class_` becomes `class`, and None is left out. Inline
    styles and scripts raise `ValueError`: the page's policy would drop them without a word.
    """
    pairs = []
    for key, value in attributes.items():
        attribute = key.rstrip("_").replace("_", "-")
        if attribute == "style" or attribute.startswith("on"):
            raise ValueError(f"{attribute} is inline style or script")
        if value is not None:
            pairs.append((attribute, _short(value)))
    return format_html(
        "<{name}{attributes}>{inside}</{name}>",
        name=name,
        attributes=format_html_join("", ' {}="{}"', pairs),
        inside=_joined(inside),
    )


def drawing(
    *inside: str, key: str, width: float, height: float, title: str, description: str
) -> SafeString:
    """Return a picture that says in words what it shows; `key` is unique on the page."""
    return piece(
        "svg",
        piece("title", title, id=f"{key}-title"),
        piece("desc", description, id=f"{key}-desc"),
        *inside,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_short(width)} {_short(height)}",
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
        fill="currentColor",
    )


def _short(value: object) -> object:
    """Spell a number as briefly as the eye can tell, and the same in every language."""
    if isinstance(value, int | float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return value


def _joined(pieces: tuple[str, ...]) -> SafeString:
    return mark_safe("".join(conditional_escape(one) for one in pieces))  # noqa: S308 - escaped
