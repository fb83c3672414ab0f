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
    # Of the signature that was counted last, and only while the others are still to be counted: so
    # it is in nobody's export, and erasing has nothing to take out of it.
    "Recount": {
        "signature_id": Held("up to which signature a number is counted again"),
        "signed_at": Held("when the form of that signature was sent"),
        **impersonal(
            *("letter", "began_at", "ended_at", "next_index", "people", "organisations"),
            *("last_index", "last_count", "is_counted", "counted", "counted_people"),
            *("below_index", "entries", "moved"),
        ),
    },
}
