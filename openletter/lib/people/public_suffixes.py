"""What the public suffix list says of a domain name; it comes with `publicsuffixlist`.

The list is as old as the package: a newer top-level domain is not known. So this is good for a
question or for a doubt, never for a refusal by itself.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

import idna
from publicsuffixlist import PublicSuffixList

_END_OF_OFFICIAL = "// ===END ICANN DOMAINS==="  # those of companies follow
_LONGEST_LABEL = 63


def organisational_domain(domain: str) -> str:
    """Return what one owner registered: `example.co.uk` of `news.example.co.uk`.

    A name under which others register (`co.uk`, `github.io`) has no owner in this sense and is
    returned as it is.
    """
    name = domain.strip(".").lower()
    return _list().privatesuffix(name) or name


@lru_cache(maxsize=1000)
def is_top_level_domain(label: str) -> bool:
    """Say whether there is such a top-level domain; in letters or as an A-label, in any case."""
    if not 0 < len(label) <= _LONGEST_LABEL:
        return False
    try:
        return _a_label(label) in _top_level_domains()
    except idna.IDNAError:
        return False


@lru_cache(maxsize=1)
def _list() -> PublicSuffixList:
    return PublicSuffixList()


@lru_cache(maxsize=1)
def _top_level_domains() -> frozenset[str]:
    """Return the last label of every rule.

    The library tells suffixes only, and of some countries the list has none but those below, such
    as `co.za`.
    """
    rules = resources.files("publicsuffixlist") / "public_suffix_list.dat"
    official = rules.read_text(encoding="utf-8").partition(_END_OF_OFFICIAL)[0].splitlines()
    labels = {line.rpartition(".")[2].strip() for line in official if not line.startswith("//")}
    return frozenset(_a_label(label) for label in labels if label)


def _a_label(label: str) -> str:
    if label.isascii():
        return label.lower()
    return idna.encode(label.lower(), uts46=True).decode()
