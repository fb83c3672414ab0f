"""Every package's personal.py, by hand: what is not in this list, we do not hold."""

from __future__ import annotations

from openletter.accounts import personal as accounts
from openletter.letters import personal as letters
from openletter.lib.personal import Declaration
from openletter.mail import personal as mail
from openletter.moderation import personal as moderation
from openletter.signatures import personal as signatures

FIELDS_BY_PACKAGE: dict[str, dict[str, Declaration]] = {
    "accounts": accounts.FIELDS,
    "letters": letters.FIELDS,
    "mail": mail.FIELDS,
    "moderation": moderation.FIELDS,
    "signatures": signatures.FIELDS,
}
