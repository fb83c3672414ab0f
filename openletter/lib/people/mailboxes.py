"""What we know about mail providers: mailboxes.toml, read once."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Provider:
    """Which spellings of an address arrive at one mailbox; see mailboxes.toml for the words."""

    domains: tuple[str, ...]
    one_mailbox: bool = False
    tags: bool = False
    ignores: str = ""
    big: bool = False

    def fold(self, local: str, domain: str) -> tuple[str, str]:
        """Return the local part and the domain that all spellings of a mailbox share."""
        name = local.partition("+")[0] if self.tags else local
        name = "".join(char for char in name if char not in self.ignores)
        # Nothing left is nobody's mailbox; folding would make one of all who type such a thing.
        return name or local, self.domains[0] if self.one_mailbox else domain


_KNOWN = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
PROVIDERS = tuple(
    Provider(**{**provider, "domains": tuple(provider["domains"])})
    for provider in _KNOWN["provider"]
)
BY_DOMAIN = {domain: provider for provider in PROVIDERS for domain in provider.domains}
ASKS_FOR: tuple[str, ...] = tuple(_KNOWN["typos"]["asks_for"])
LEFT_ALONE = frozenset(BY_DOMAIN) | frozenset(_KNOWN["typos"]["leaves_alone"])
MISTYPED_ENDINGS: dict[str, str] = _KNOWN["typos"]["mistyped_endings"]
RARE_ENDINGS = frozenset(_KNOWN["typos"]["rare_endings"])
