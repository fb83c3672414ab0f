"""Addresses that look mistyped: "Did you mean suzie@gmail.com?" This asks; it changes nothing.

static/js/did-you-mean.js asks the same before a form is sent; tests/typo_cases.py holds both to
the same answers. Only the server knows all endings of the internet, and asks about those that do
not exist.
"""

from __future__ import annotations

import re

from openletter.lib.people.addresses import taken_out
from openletter.lib.people.mailboxes import ASKS_FOR, LEFT_ALONE, MISTYPED_ENDINGS, RARE_ENDINGS
from openletter.lib.people.public_suffixes import is_top_level_domain

_WRITTEN_OUT = re.compile(r"[(\[{]at[)\]}]| at ", re.IGNORECASE)
_INSTEAD_OF_A_DOT = re.compile("[.,;]")


def suggestion(text: str) -> str:
    """Return the address that was probably meant, or "" if nothing looks mistyped."""
    address = taken_out(text)
    local, _at, typed = _written_once(_with_at(address)).rpartition("@")
    local = local.strip()
    domain = typed.lower()
    meant = _meant(_dotted(domain))
    if not (local and meant) or (domain == meant and f"{local}@{typed}" == address):
        return ""
    return f"{local}@{meant}"


def doubtful_ending(address: str) -> str:
    """Return the ending of a tidied address if hardly any address ends so, else ""."""
    ending = address.rpartition(".")[2]
    return "" if is_top_level_domain(ending) and ending not in RARE_ENDINGS else ending


def _with_at(address: str) -> str:
    """Return "suzie (at) example.org" with its sign."""
    return address if "@" in address else _WRITTEN_OUT.sub("@", address, count=1)


def _written_once(address: str) -> str:
    """Return the half of an address that was typed or pasted twice."""
    middle, odd = divmod(len(address), 2)
    once, again = address[:middle], address[middle + odd :]
    is_twice = once == again and once.count("@") == 1 and once[0] != "@" != once[-1]
    return once if is_twice and (not odd or address[middle] in " ,;") else address


def _dotted(domain: str) -> str:
    """Return a domain with one dot wherever commas, semicolons, dots or spaces stand for one."""
    labels = [label.strip() for label in _INSTEAD_OF_A_DOT.split(domain)]
    labels = [label for label in labels if label]
    if len(labels) == 1:
        labels = labels[0].split(" ")
    return domain if any(" " in label for label in labels) else ".".join(labels)


def _meant(domain: str) -> str:
    middle = len(domain) // 2
    if domain[:middle] == domain[middle:] and "." in domain[:middle].strip("."):
        domain = domain[:middle]
    name, _dot, ending = domain.rpartition(".")
    if name and ending in MISTYPED_ENDINGS:
        domain = f"{name}.{MISTYPED_ENDINGS[ending]}"
    if domain in LEFT_ALONE:
        return domain
    return next(
        (known for known in ASKS_FOR if _is_half(domain, known) or _is_one_slip(domain, known)),
        domain,
    )


def _is_half(typed: str, known: str) -> bool:
    """Say whether the ending is missing, cut or there twice: gmail, gmail.c, gmail.com.com."""
    if typed[:3] != known[:3]:  # as nearly always
        return False
    name, _dot, ending = known.partition(".")
    is_cut = typed == name or (
        len(typed) > len(name) and known.startswith(typed) and known[len(typed) :][:1] != "."
    )
    return is_cut or typed in {f"{known}.{ending}", f"{known}{ending}", f"{known}.{known}"}


def _is_one_slip(typed: str, known: str) -> bool:
    """Say whether one letter is missing, added or wrong, or two neighbours are swapped."""
    if not -2 < len(typed) - len(known) < 2:
        return False
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
            if any(_is_half(domain, known) or _is_one_slip(domain, known) for known in ASKS_FOR)
        )
    ),
    "data-mistyped-endings": " ".join(
        f"{typed}={meant}" for typed, meant in MISTYPED_ENDINGS.items()
    ),
}
