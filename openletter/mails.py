"""Every kind of mail this site sends, and the module of the package that owns it."""

from __future__ import annotations

MAILS = {
    "signatures.confirm": "openletter.signatures.mails.confirm",
    "signatures.signed_already": "openletter.signatures.mails.signed_already",
}
