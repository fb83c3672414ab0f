"""Domains that look mistyped: "Did you mean suzie@gmail.com?" This asks; it changes nothing.

static/js/did-you-mean.js asks the same before a form is sent; tests/typo_cases.py holds both to
the same answers.
"""

from __future__ import annotations

from openletter.lib.mailboxes import ASKS_FOR, ENDINGS, LEFT_ALONE


def suggestion(address: str) -> str:
    """Return the address that was probably meant, or "" if nothing looks mistyped."""
    local, _at, typed = address.strip().rpartition("@")
    typed = typed.lower()
    meant = _meant(typed)
    return f"{local}@{meant}" if local and meant != typed else ""


def _meant(domain: str) -> str:
    name, _dot, ending = domain.rpartition(".")
    if name and ending in ENDINGS:
        domain = f"{name}.{ENDINGS[ending]}"
    if domain in LEFT_ALONE:
        return domain
    return next((known for known in ASKS_FOR if _is_one_slip(domain, known)), domain)


def _is_one_slip(typed: str, known: str) -> bool:
    """Say whether one letter is missing, added or wrong, or two neighbours are swapped."""
    same = 0
    while typed[same : same + 1] == known[same : same + 1] != "":
        same += 1
    rest, meant = typed[same:], known[same:]
    swapped = meant[1:2] + meant[:1] + meant[2:]
    return rest in {meant[1:], swapped} or rest[1:] in {meant, meant[1:]}


# What the script needs to know, as attributes of the e-mail field. Of all that is left alone, only
# what it would ask about otherwise.
ATTRIBUTES = {
    "data-asks-for": " ".join(ASKS_FOR),
    "data-leaves-alone": " ".join(
        sorted(
            domain
            for domain in LEFT_ALONE.difference(ASKS_FOR)
            if any(_is_one_slip(domain, known) for known in ASKS_FOR)
        )
    ),
    "data-endings": " ".join(f"{typed}={meant}" for typed, meant in ENDINGS.items()),
}
