"""What we hold about signers. Public means: shown only to those who chose to show their name."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils import translation

from openletter.ledger.models import LedgerEntry
from openletter.letters import asked_fields
from openletter.letters.models import Letter
from openletter.lib.personal import Declaration, Held, Person, exported, impersonal
from openletter.moderation import audit
from openletter.signatures import consents, counting, withdrawing
from openletter.signatures.models import FormSubmission, Signature

FIELDS: dict[str, Declaration] = {
    "Signature": {
        "letter": Held("which letter was signed"),
        "translation": Held("which text, in which language, was signed"),
        "language": Held("language for mails"),
        "kind": Held("signed as a person or for an organisation", public=True),
        "name": Held("name", public=True),
        "represented_by": Held("who signs for the organisation", public=True),
        **{
            field.name: Held(field.held_as, public=field.is_public) for field in asked_fields.FIELDS
        },
        "search_text": Held("name, title and affiliation in the spelling that staff search in"),
        "email": Held("e-mail address", encrypted=True),
        "email_key": Held("keyed hash of the e-mail address, so that nobody signs twice"),
        "email_domain": Held("domain of the e-mail address"),
        "show_name": Held("whether the name is shown in public"),
        "wants_updates": Held("whether mails about the letter are wanted"),
        "retain_name": Held("whether the name may stay on the list for good"),
        "consent": Held("which wording of the consents was agreed to"),
        "state": Held("what became of the signature"),
        "flags": Held("what made the signature look suspect"),
        "held_because": Held("why a person looks at it first"),
        "verdict": Held("why it was held or removed before it was taken back"),
        "created_at": Held("time the form was sent"),
        "asked_at": Held("time a confirmation was last asked for"),
        "page_opened": Held("whether the page of its link was opened, until it is confirmed"),
        "confirmed_at": Held("time of the confirmation"),
        "confirmed_by": Held("how the address was confirmed"),
        "erased_at": Held("since when the rest is deleted"),
        "first_position": Held("place among the first signatories", public=True),
        **impersonal("id", "public_id", "revision", "generation", "ledger_index", "reminders"),
    },
    "FormSubmission": {
        "reference": Held("which signature came from the form, if one did"),
        "letter": Held("under which letter the form was"),
        "network_key": Held("keyed hash of the network that the form came from"),
        "block_key": Held("keyed hash of the block of networks around it"),
        "network_country": Held("country of that network"),
        "network_owner": Held("who has that network"),
        "email_domain": Held("domain of the e-mail address in the form"),
        "at": Held("when the form was sent"),
        **impersonal("proof"),
    },
    "CodeAttempt": impersonal("reference", "tries"),
}

# What an erased signature no longer says. Its state, its kind, the text and the times stay: the
# ledger is made of them, and they name nobody.
NOTHING: dict[str, object] = {
    "name": "",
    "represented_by": "",
    **dict.fromkeys(asked_fields.NAMES, ""),
    "search_text": "",
    "email": "",
    "email_domain": "",
    "language": "",
    "show_name": False,
    "retain_name": False,
    "wants_updates": False,
    "flags": [],
    "held_because": "",
    "first_position": None,
}


def person(email_key: bytes, letter: Letter | None = None) -> Person:
    """Return the owner of an address, on one letter or on all."""
    # Where retention emptied the hash, nobody knows any more whose signature it was.
    rows = Signature.objects.filter(email_key=email_key).exclude(email_key=b"")
    if letter is not None:
        rows = rows.filter(letter=letter)
    ids = tuple(str(one) for one in rows.order_by("pk").values_list("public_id", flat=True))
    return Person(email_key, letter.topic if letter else "", ids)


def export(person: Person) -> dict[str, Any]:
    """Return every signature of a person, with text, consents and lines in the ledger."""
    rows = Signature.objects.filter(public_id__in=person.public_ids).select_related(
        "letter", "translation__version"
    )
    forms = FormSubmission.objects.filter(reference__in=person.public_ids).select_related("letter")
    return {
        "signatures": [_exported_signature(row) for row in rows.order_by("pk")],
        "forms": [exported(row, FIELDS["FormSubmission"]) for row in forms],
    }


def _exported_signature(row: Signature) -> dict[str, Any]:
    entries = LedgerEntry.objects.filter(signature=row).order_by("index")
    with translation.override(row.language or None):
        given = [{"wording": one.wording, "holds": one.holds} for one in consents.given_by(row)]
    text = row.translation
    return {
        **exported(row, FIELDS["Signature"]),
        "translation": {
            "title": text.title,
            "version": text.version.number,
            "language": text.language,
            "sha256": text.sha256,
        },
        "consents": given,
        "ledger": [
            {"index": one.index, "kind": one.kind, "at": one.at.isoformat()} for one in entries
        ],
    }


@transaction.atomic
def erase(
    person: Person, *, keep_count: bool, actor_id: int | None, reason: str, now: datetime
) -> dict[UUID, bool]:
    """Delete what a person's signatures say; return which were erased, and whether each counts.

    Unconfirmed attempts go altogether. A published signature is taken back first, so that the
    number falls, unless it is to go on counting without a name. The hash of the address stays, so
    that nobody is counted twice, until the letter's retention is over (see retention.py).
    """
    rows = Signature.objects.select_for_update(of=("self",)).filter(
        public_id__in=person.public_ids, erased_at=None
    )
    found = list(rows.select_related("letter").order_by("pk"))
    taken_back = [row for row in found if _is_taken_back(row, keep_count)]
    for row in found:
        if row in taken_back:
            withdrawing.take_back(row, now=now)
        audit.record(
            actor_id=actor_id,
            action="erase signature",
            object_kind="signature",
            object_id=row.public_id,
            reason=reason,
            now=now,
            after={"counts": _stays(row, keep_count)},
        )
    FormSubmission.objects.filter(reference__in=person.public_ids).delete()
    kept = [row.pk for row in found if row.confirmed_at]
    Signature.objects.filter(pk__in=[row.pk for row in found if not row.confirmed_at]).delete()
    Signature.objects.filter(pk__in=kept).update(
        erased_at=now, generation=models.F("generation") + 1, **NOTHING
    )
    # Last, since the number's row stays locked until the transaction ends; and in one order, so
    # that two erasures on the same letters cannot wait for each other.
    counted = [row for row in taken_back if row.state == Signature.State.PUBLISHED]
    for row in sorted(counted, key=lambda one: one.letter_id):
        counting.count(row, LedgerEntry.Kind.WITHDRAWN, at=now)
    return {row.public_id: _stays(row, keep_count) for row in found}


def _is_taken_back(row: Signature, keep_count: bool) -> bool:
    confirmed = row.state in withdrawing.CAN_WITHDRAW and row.confirmed_at is not None
    return confirmed and not _stays(row, keep_count)


def _stays(row: Signature, keep_count: bool) -> bool:
    return keep_count and row.state == Signature.State.PUBLISHED
