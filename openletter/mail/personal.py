"""What the outbox holds about people: to whom, about what, when; never the words."""

from __future__ import annotations

from openletter.lib.personal import Declaration, Held, impersonal

FIELDS: dict[str, Declaration] = {
    "OutgoingMail": {
        "recipient": Held("e-mail address a mail went to", encrypted=True),
        "recipient_key": Held("keyed hash of the e-mail address"),
        "kind": Held("which mail was sent"),
        "about": Held("which signature the mail was about"),
        "topic": Held("which letter the mail was about"),
        "language": Held("language of the mail"),
        "sent_at": Held("time the mail was sent"),
        "error": Held("why a mail could not be delivered"),
        **impersonal(
            "id", "dedupe_key", "lane", "state", "first_due_at", "due_at", "lease_until", "attempts"
        ),
    },
}
