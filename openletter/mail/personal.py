"""What the outbox holds about people: to whom, about what, when; never the words."""

from __future__ import annotations

from openletter.lib.personal import Declaration, Held, impersonal

FIELDS: dict[str, Declaration] = {
    "OutgoingMail": {
        "recipient": Held("e-mail address a mail went to", encrypted=True),
        "recipient_key": Held("keyed hash of the e-mail address"),
        "recipient_domain": Held("domain of the e-mail address"),
        "kind": Held("which mail was sent"),
        "about": Held("which signature the mail was about"),
        "topic": Held("which letter the mail was about"),
        "language": Held("language of the mail"),
        "sent_at": Held("time the mail was sent"),
        "error": Held("why a mail could not be delivered"),
        **impersonal(
            "id",
            "dedupe_key",
            "lane",
            "batch",
            "state",
            "first_due_at",
            "due_at",
            "lease_until",
            "attempts",
        ),
    },
    "SuppressedAddress": {
        "email_key": Held("keyed hash of an address that gets no mail"),
        "topic": Held("which letter it gets no mail about"),
        "reason": Held("why it gets none"),
        "at": Held("since when it gets none"),
        **impersonal("id"),
    },
    "MailEvent": {
        "mail_id": Held("which mail a provider reported on"),
        "kind": Held("what the provider reported"),
        "at": Held("when the provider reported it"),
        **impersonal("id", "provider", "event_id"),
    },
    "Brake": impersonal("key", "paused", "per_minute", "cause", "at"),
    "MailDomain": impersonal("domain", "takes_mail", "asked_at"),
    "DomainPause": impersonal("domain", "until", "strikes"),
    "SentInMinute": impersonal("minute", "number"),
    "Alarm": impersonal("id", "kind", "key", "text", "raised_at", "resolved_at"),
}
