"""Every package's personal.py, by hand: what is not in these tables, we do not hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from openletter.accounts import personal as accounts
from openletter.alarms import personal as alarms
from openletter.ledger import personal as ledger
from openletter.letters import personal as letters
from openletter.lib.personal import Declaration, Expiry, Person
from openletter.mail import personal as mail
from openletter.mailings import personal as mailings
from openletter.moderation import personal as moderation
from openletter.privacy import personal as privacy
from openletter.rate_limits import personal as rate_limits
from openletter.signatures import personal as signatures
from openletter.signatures import retention
from openletter.statistics import personal as statistics
from openletter.sweeps import personal as sweeps

FIELDS_BY_PACKAGE: dict[str, dict[str, Declaration]] = {
    "accounts": accounts.FIELDS,
    "alarms": alarms.FIELDS,
    "ledger": ledger.FIELDS,
    "letters": letters.FIELDS,
    "mail": mail.FIELDS,
    "mailings": mailings.FIELDS,
    "moderation": moderation.FIELDS,
    "privacy": privacy.FIELDS,
    "rate_limits": rate_limits.FIELDS,
    "signatures": signatures.FIELDS,
    "sweeps": sweeps.FIELDS,
    "statistics": statistics.FIELDS,
}

# Who hands over what is held about a person. Letters hold nothing about signers.
EXPORTS: dict[str, Callable[[Person], dict[str, Any]]] = {
    "signatures": signatures.export,
    "mail": mail.export,
    "moderation": moderation.export,
    "accounts": accounts.export,
    "sweeps": sweeps.export,
}

# Who deletes by itself what is too old: called with now, limit, dry_run. Decisions are kept: they
# name signatures by their ids only.
EXPIRIES: dict[str, Callable[..., list[Expiry]]] = {
    "signatures": retention.expire,
    "mail": mail.expire,
    "accounts": accounts.expire,
    "rate_limits": rate_limits.expire,
    "moderation": moderation.expire,
    "sweeps": sweeps.expire,
}
