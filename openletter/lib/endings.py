"""The endings that addresses in the internet can have, from the list in `publicsuffixlist`.

The list is as old as the package: a newer ending is not known. So this is good for a question or
for a doubt, never for a refusal by itself.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

import idna

_LIST = resources.files("publicsuffixlist") / "public_suffix_list.dat"
_END = "// ===END ICANN DOMAINS==="  # private domains follow
_LONGEST = 63  # a label of the domain name system


def _label(ending: str) -> str:
    return idna.encode(ending.lower(), uts46=True).decode()


def _known() -> frozenset[str]:
    """Return the last label of every rule: for some countries the list has only the one below."""
    lines = _LIST.read_text(encoding="utf-8").partition(_END)[0].splitlines()
    rules = (line.strip() for line in lines if not line.startswith("//"))
    return frozenset(map(_label, {rule.rpartition(".")[2] for rule in rules if rule}))


_KNOWN = _known()


@lru_cache(maxsize=1000)
def is_known(ending: str) -> bool:
    """Say whether there is such a top-level domain; in letters or as an A-label, in any case."""
    if not 0 < len(ending) <= _LONGEST:
        return False
    try:
        return _label(ending) in _KNOWN
    except idna.IDNAError:
        return False
