"""Every kind of mail this site sends, and the module of the package that owns it."""

from __future__ import annotations

MAILS = {
    "signatures.confirm": "openletter.signatures.mails.confirm",
    "signatures.reminder": "openletter.signatures.mails.reminder",
    "signatures.one_more_click": "openletter.signatures.mails.one_more_click",
    "signatures.signed_already": "openletter.signatures.mails.signed_already",
    "signatures.receipt": "openletter.signatures.mails.receipt",
    "signatures.withdrawn": "openletter.signatures.mails.withdrawn",
    "signatures.removed": "openletter.signatures.mails.removed",
    "signatures.restored": "openletter.signatures.mails.restored",
    "signatures.resume": "openletter.signatures.mails.resume",
    "signatures.access": "openletter.signatures.mails.access",
    "claims.appeal_decided": "openletter.claims.mails.appeal_decided",
    "claims.confirm": "openletter.claims.mails.confirm",
    "claims.decided": "openletter.claims.mails.decided",
    "sweeps.removed": "openletter.sweeps.mails.removed",
    "mailings.update": "openletter.mailings.mails.update",
    "mailings.update_test": "openletter.mailings.mails.update_test",
    "accounts.password_reset": "openletter.accounts.mails.password_reset",
    "accounts.invitation": "openletter.accounts.mails.invitation",
    "statistics.alert": "openletter.statistics.mails.alert",
    "mail.alarm": "openletter.mail.mails.alarm",
    "mail.self_test": "openletter.mail.mails.self_test",
}

# Mails that anybody can make us send: to anybody, to those who signed, to anybody about a name on a
# list, and to those who have an account. Each group is limited per address, by itself
# (mail/limits/recipient_limits.py).
UNVERIFIED = (
    *("signatures.confirm", "signatures.reminder", "signatures.one_more_click"),
    "signatures.signed_already",
)
ON_REQUEST = ("signatures.access",)
CLAIMS = ("claims.confirm",)
ACCOUNT = ("accounts.password_reset",)

# They say that a signature was removed: what brings it back takes them back, or has it said.
REMOVALS = ("signatures.removed", "sweeps.removed")

# Sent to an address that stopped all mail: once, since somebody at the site asked for it.
DESPITE_STOP = ("signatures.resume",)
