"""What we hold about signers. Public means: shown only to those who chose to show their name."""

from __future__ import annotations

from openletter.lib.personal import Declaration, Held, impersonal

FIELDS: dict[str, Declaration] = {
    "Signature": {
        "letter": Held("which letter was signed"),
        "translation": Held("which text, in which language, was signed"),
        "language": Held("language for mails"),
        "kind": Held("signed as a person or for an organisation", public=True),
        "name": Held("name", public=True),
        "title": Held("title or profession", public=True),
        "affiliation": Held("affiliation", public=True),
        "country": Held("country", public=True),
        "comment": Held("comment", public=True),
        "email": Held("e-mail address", encrypted=True),
        "email_key": Held("keyed hash of the e-mail address, so that nobody signs twice"),
        "email_domain": Held("domain of the e-mail address"),
        "show_name": Held("whether the name is shown in public"),
        "wants_updates": Held("whether mails about the letter are wanted"),
        "keeps_name": Held("whether the name may stay on the list for good"),
        "consent": Held("which wording of the consents was agreed to"),
        "state": Held("what became of the signature"),
        "flags": Held("what made the signature look suspect"),
        "held_because": Held("why a person looks at it first"),
        "created_at": Held("time the form was sent"),
        "asked_at": Held("time a confirmation was last asked for"),
        "confirmed_at": Held("time of the confirmation"),
        "confirmed_by": Held("how the address was confirmed"),
        "erased_at": Held("since when the rest is deleted"),
        "first_position": Held("place among the first signatories", public=True),
        **impersonal("id", "public_id", "generation", "ledger_index", "reminders"),
    },
    "LedgerEntry": {
        "signature": Held("which signature moved the number"),
        "kind": Held("signed, withdrawn, removed or restored"),
        "at": Held("when the number moved"),
        **impersonal("id", "letter", "index", "count", "batch"),
    },
    "Tally": impersonal("letter", "next_index", "people", "organisations"),
    "SentForm": {
        "reference": Held("which signature came from the form, if one did"),
        "letter": Held("under which letter the form was"),
        "network_key": Held("keyed hash of the network that the form came from"),
        "email_domain": Held("domain of the e-mail address in the form"),
        "at": Held("when the form was sent"),
        **impersonal("proof"),
    },
    "CodeTries": impersonal("reference", "tries"),
    "Mailing": {
        "created_by": Held("who prepared a mailing"),
        **impersonal(
            "id",
            "public_id",
            "update",
            "state",
            "starts_at",
            "cursor",
            "recipients",
            "started_at",
            "enqueued_at",
            "finished_at",
        ),
    },
}
