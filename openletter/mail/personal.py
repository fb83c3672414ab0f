"""What the outbox holds about people: to whom, about what, when; never the words."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from openletter.lib.personal import Declaration, Expiry, Held, Person, exported, impersonal
from openletter.mail.models import MailEvent, OutgoingMail, SuppressedAddress
from openletter.mail.outbox import suppression

FIELDS: dict[str, Declaration] = {
    "OutgoingMail": {
        "recipient": Held("e-mail address a mail went to", encrypted=True),
        "recipient_key": Held("keyed hash of the e-mail address"),
        "mailbox_key": Held("keyed hash of the e-mail address without its tag"),
        "recipient_domain": Held("domain of the e-mail address"),
        "kind": Held("which mail was sent"),
        "about": Held("which signature the mail was about"),
        "topic": Held("which letter the mail was about"),
        "language": Held("language of the mail"),
        "sent_at": Held("time the mail was sent"),
        "tried_at": Held("time the mail was last tried"),
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
        "excepted_at": Held("when one mail was asked for all the same"),
        **impersonal("id"),
    },
    "MailEvent": {
        "mail_id": Held("which mail a provider reported on"),
        "kind": Held("what the provider reported"),
        "at": Held("when the provider reported it"),
        **impersonal("id", "provider", "event_id"),
    },
    "Throttle": impersonal("key", "paused", "per_minute", "cause", "at"),
    "MailDomain": impersonal("domain", "takes_mail", "asked_at"),
    "DomainPause": impersonal("domain", "until", "strikes"),
    "SentInMinute": impersonal("minute", "number"),
}

ERASED = "erased"  # what stands in the place of an error


def mails_to(person: Person) -> QuerySet[OutgoingMail]:
    """Every mail that is or was owed to a person, oldest first."""
    mails = OutgoingMail.objects.filter(recipient_key=person.email_key)
    if person.topic:
        mails = mails.filter(topic=person.topic)
    if person.only_these:
        mails = mails.filter(about__in=person.public_ids)
    return mails.order_by("first_due_at", "pk")


def export(person: Person) -> dict[str, Any]:
    """Return which mails went to a person, what became of them, and which they get no more."""
    mails = list(mails_to(person))
    events = MailEvent.objects.filter(mail_id__in=[mail.pk for mail in mails])
    stopped = SuppressedAddress.objects.filter(email_key=person.email_key)
    if person.topic:
        stopped = stopped.filter(topic__in=[person.topic, suppression.EVERYTHING])
    return {
        "mails": [exported(mail, FIELDS["OutgoingMail"]) | {"state": mail.state} for mail in mails],
        "reports": [exported(event, FIELDS["MailEvent"]) for event in events],
        "stopped": [exported(row, FIELDS["SuppressedAddress"]) for row in stopped],
    }


def erase(person: Person) -> int:
    """Take a person's address out of every mail, and let none of them leave; return how many.

    A worker that has one in hand finds nothing to say any more (F27). Which addresses get no mail
    stays, as a hash: that was their wish.
    """
    mails = mails_to(person)
    mails.filter(state=OutgoingMail.State.DUE).update(state=OutgoingMail.State.DROPPED)
    return mails.update(recipient="", recipient_domain="", language="", error=ERASED)


def old_mails(now: datetime) -> QuerySet[OutgoingMail]:
    """Mails of long ago; what is still to leave stays."""
    old = now - timedelta(days=settings.KEEP_MAILS_DAYS)
    return OutgoingMail.objects.filter(first_due_at__lt=old).exclude(state=OutgoingMail.State.DUE)


def expire(*, now: datetime, limit: int, dry_run: bool) -> list[Expiry]:
    """Delete up to `limit` old mails; with `dry_run` only count them."""
    oldest = old_mails(now).order_by("first_due_at").values_list("pk", flat=True)[:limit]
    # By their keys and not by a subquery, which PostgreSQL may turn round and read every old mail.
    keys = [] if dry_run else list(oldest)
    number = oldest.count() if dry_run else old_mails(now).filter(pk__in=keys).delete()[0]
    return [Expiry("mails that were sent or given up", number)]
