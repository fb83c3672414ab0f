"""How wide words are drawn, so that a picture fits them without asking any font.

Measured on DejaVu Sans, whose letters are as wide as Verdana's. Another font is near enough, as
each text of a picture also says its length (`textLength`), and browsers fit it in.
"""

from __future__ import annotations

import math
import unicodedata

# By thousandths of the size of the font.
_SIGNS = {
    200: "\u202f", 270: "'", 280: "ijlłı", 290: "IJ", 320: " ,.·‘’‚", 340: "/:;\\|", 350: "f",
    360: "-", 390: "()[]t", 400: "!¡", 410: "r", 460: '"', 500: "*_`§°–", 520: "sz“”„", 530: "?¿",
    550: "c", 560: "L", 580: "Fk", 590: "vxy•", 600: "P", 610: "TYaoø«»", 620: "e",
    630: "ESbdghnpqußđþ", 640: "$0123456789{}€£", 660: "K", 680: "AVXZ", 690: "BR", 700: "C",
    730: "U", 750: "HN", 770: "DG", 780: "&", 790: "OQØ", 820: "w", 840: "#+<=>^~×÷", 860: "M",
    950: "%", 970: "mÆ", 980: "æ", 990: "W", 1000: "@©®—…", 1020: "œ", 1070: "Œ",
}  # fmt: skip
_WIDTHS = {sign: width for width, signs in _SIGNS.items() for sign in signs}
# On the average: ideographs and emoji, Hebrew, Arabic with its letters joined, all other scripts.
_FULL, _HEBREW, _ARABIC, _OTHER = 1000, 550, 470, 680
_BOLDER = 1.1
_DRAWN_AS_NOTHING = {"Mn", "Me", "Cf", "Cc"}


def width_of(words: str, *, size: int, bold: bool = False) -> int:
    """Return the width in pixels of words in a font of a size."""
    thousandths = sum(_width(sign) for sign in words)
    return math.ceil(thousandths * size * (_BOLDER if bold else 1) / 1000)


def _width(sign: str) -> int:
    if unicodedata.category(sign) in _DRAWN_AS_NOTHING:
        return 0
    if unicodedata.east_asian_width(sign) in {"W", "F"}:
        return _FULL
    letter = unicodedata.normalize("NFD", sign)[0]  # without its accents
    if "\u0590" <= letter < "\u0600":
        return _HEBREW
    return _ARABIC if "\u0600" <= letter < "\u0780" else _WIDTHS.get(letter, _OTHER)
