"""The ledger names signatures by their id only. It stays for good: the number is made of it."""

from __future__ import annotations

from openletter.lib.personal import Declaration, Held, impersonal

FIELDS: dict[str, Declaration] = {
    "LedgerEntry": {
        "signature": Held("which signature moved the number"),
        "kind": Held("signed, withdrawn, removed or restored"),
        "at": Held("when the number moved"),
        **impersonal("id", "letter", "index", "count", "batch"),
    },
    "Tally": impersonal("letter", "next_index", "people", "organisations"),
    "Recount": impersonal(
        *("letter", "began_at", "ended_at", "next_index", "people", "organisations"),
        *("last_index", "last_count", "signed_at", "signature_id", "is_counted", "counted"),
        *("counted_people", "below_index", "entries", "moved"),
    ),
}
