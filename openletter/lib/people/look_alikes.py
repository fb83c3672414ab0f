"""Letters of other alphabets that look like Latin ones in common typefaces.

Out of Unicode's confusables (TR39). Ours because it is small, and because those are meant to err
the other way: they take "г" for an "r" and "σ" for an "o".
"""

from __future__ import annotations

_CYRILLIC = "АВЕЅІӀЈКМНОРԚСТԜХУҮ" + "аеһіӏјорԛсԁѕѵԝхуү"
_AS_CYRILLIC = "ABESIIJKMHOPQCTWXYY" + "aehiljopqcdsvwxyy"
_GREEK = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹͿ" + "αινορυγϲϳ"
_AS_GREEK = "ABEZHIKMNOPTYXCJ" + "aivopuycj"
# Which letter each of them looks like.
LATIN = dict(zip(_CYRILLIC + _GREEK, _AS_CYRILLIC + _AS_GREEK, strict=True))
_TABLE = str.maketrans(LATIN)


def as_read(text: str) -> str:
    """Return what somebody who knows only the Latin alphabet would read."""
    return text.translate(_TABLE)
