"""The colours of a badge: ours, light and dark, or those that somebody chose."""

from __future__ import annotations

import base64
import hashlib
import re

from django.utils.html import format_html
from django.utils.safestring import SafeString

LOOKS = ("auto", "light", "dark")
_COLOUR = re.compile(r"[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?")
_BLACK, _WHITE = "000000", "ffffff"

# In light and dark, as in tokens.css.
_OURS = {
    "ground": ("#1d3f94", "#a4bcff"),
    "on-ground": ("#ffffff", "#0f1830"),
    "label": ("#464b55", "#343842"),
    "on-label": ("#ffffff", "#eceae4"),
    "ink": ("#17191e", "#eceae4"),
    "soft": ("#464b55", "#b9bcc4"),
    "track": ("#d9dbd6", "#343842"),
}
# What is written on what.
PAIRS = {name: (_OURS[name], _OURS[f"on-{name}"]) for name in ("ground", "label")}
# The same for every badge, so that the policy of the answer names it, and it alone.
STYLE = (
    "@media(prefers-color-scheme:dark){"
    + "".join(f".{name}{{fill:{dark}}}" for name, (_light, dark) in _OURS.items())
    + "}"
)
STYLE_SOURCE = f"'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'"


def colours(*, colour: str, label_colour: str, look: str) -> dict[str, SafeString]:
    """Return the attributes that colour each part. A colour that is none is as if not there."""
    parts = {name.replace("-", "_"): _ours(name, look) for name in _OURS}
    if _COLOUR.fullmatch(colour):
        six = _six(colour)
        parts |= {"ground": _fill(six), "ink": _fill(six), "on_ground": _fill(readable_on(six))}
    if _COLOUR.fullmatch(label_colour):
        six = _six(label_colour)
        parts |= {"label": _fill(six), "soft": _fill(six), "on_label": _fill(readable_on(six))}
    return parts


def _ours(name: str, look: str) -> SafeString:
    light, dark = _OURS[name]
    if look == "auto":
        return format_html('fill="{}" class="{}"', light, name)
    return format_html('fill="{}"', dark if look == "dark" else light)


def _fill(six: str) -> SafeString:
    return format_html('fill="#{}"', six)


def _six(colour: str) -> str:
    return ("".join(digit * 2 for digit in colour) if len(colour) == 3 else colour).lower()


def readable_on(six: str) -> str:
    """Return black or white, whichever stands out: one of them always does as WCAG 2.2 asks."""
    return max(_BLACK, _WHITE, key=lambda text: contrast(text, six))


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(six: str) -> float:
    parts = [int(six[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
