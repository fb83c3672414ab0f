"""Which part of a domain name belongs to one owner, by the public suffix list (in the package)."""

from __future__ import annotations

from functools import lru_cache

from publicsuffixlist import PublicSuffixList


@lru_cache(maxsize=1)
def _list() -> PublicSuffixList:
    return PublicSuffixList()


def organisational_domain(domain: str) -> str:
    """Return what one owner registered: `example.co.uk` of `news.example.co.uk`.

    A name under which others register (`co.uk`, `github.io`) has no owner in this sense and is
    returned as it is.
    """
    name = domain.strip(".").lower()
    return _list().privatesuffix(name) or name
