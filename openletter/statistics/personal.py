"""Statistics are numbers of many: they hold nothing about a person."""

from __future__ import annotations

from openletter.lib.personal import Declaration, Held, impersonal

FIELDS: dict[str, Declaration] = {
    # Of the signature that was counted last, and only while others are still to be counted.
    "Census": {
        "signature_id": Held("up to which signature all are counted"),
        **impersonal("id", "began_at", "ended_at", "found"),
    },
    "LetterCount": impersonal(
        *("letter", "counted_at", "pending", "held", "held_since", "removed", "withdrawn")
    ),
    "CountryCount": impersonal("id", "letter", "country", "signatures"),
    "HourCount": impersonal("id", "letter", "hour", "signed", "confirmed", "held"),
    "OpenedCount": impersonal("id", "letter", "hour", "domain", "opened", "pressed"),
    "Followed": impersonal("letter", "next_index", "moved_at"),
    "Alert": impersonal("id", "letter", "kind", "told_at"),
    # What somebody chose at the desk; it goes with the account.
    "WithoutAlerts": impersonal("user"),
    "Movement": impersonal("id", "letter", "hour", "kind", "batch", "lines"),
}
