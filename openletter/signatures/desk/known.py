"""What else is known of a signature that waits, to tell a forged one from an honest one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from openletter.ledger.models import Tally
from openletter.lib.db import search
from openletter.lib.people import look_alikes
from openletter.lib.people.network_owners import NOBODY, Owner
from openletter.moderation.audit_words import action_of, reason_of
from openletter.moderation.models import AuditEntry, WatchedName
from openletter.signatures import countries, external_opinion, judgement
from openletter.signatures.models import FormSubmission, Signature

# How many are counted and shown at most: a card is there at once, whatever the size of a letter.
MOST_COUNTED = 1_000
MOST_NAMES = 5
MOST_DECISIONS = 5
_MOST_LOOKED_AT = 50
_SUSPICIOUSLY_QUICK = timedelta(seconds=30)


@dataclass(frozen=True)
class Decided:
    """A decision about the address before, on any letter that the reader sees."""

    what: str
    why: str


@dataclass(frozen=True)
class Known:
    same_network: int | None  # forms of the last days from there, this one too; None: not known
    network: Owner  # where that is, and whose, if files of the operator's said so
    same_domain: int  # the same of its e-mail domain
    names: list[Signature]  # of this letter, confirmed, with the same name or one that looks so
    confirmed_after: timedelta | None
    decisions: list[Decided]
    watched: list[WatchedName]  # names that others like to forge, which it could be taken for
    program_says: str  # what the operator's other program objects, in its words
    would_be: int  # the number that it would count as

    @property
    def network_country(self) -> str:
        """The name of the network's country, in the reader's language."""
        return countries.name_of(self.network.country) or self.network.country

    @property
    def is_quick(self) -> bool:
        """Whether it was confirmed sooner than most people read a mail."""
        return self.confirmed_after is not None and self.confirmed_after < _SUSPICIOUSLY_QUICK


def of(signature: Signature, *, among: frozenset[int] | None = None, now: datetime) -> Known:
    """Find out all of it, in a constant number of statements.

    Decisions are told of the letters that the reader sees; None: of all.
    """
    form = FormSubmission.objects.filter(reference=signature.public_id).first()
    network = None if form is None else form.network_key
    owner = Owner(form.network_country, form.network_owner) if form else NOBODY
    tally = Tally.objects.filter(letter=signature.letter_id).first()
    return Known(
        same_network=None if network is None else _forms(now, network_key=bytes(network)),
        network=owner,
        same_domain=_forms(now, email_domain=signature.email_domain),
        names=_same_names(signature),
        confirmed_after=_confirmed_after(signature),
        decisions=_decisions_about(signature, among),
        watched=judgement.watched_names_of(signature),
        program_says=external_opinion.said_about(signature),
        would_be=(tally.people + tally.organisations if tally else 0) + 1,
    )


def _confirmed_after(signature: Signature) -> timedelta | None:
    return None if signature.confirmed_at is None else signature.confirmed_at - signature.asked_at


def _forms(now: datetime, **source: object) -> int:
    """Count the forms of a week from one source, up to `MOST_COUNTED`."""
    week = FormSubmission.objects.filter(**source, at__gt=now - timedelta(days=7))
    return week.order_by()[:MOST_COUNTED].count()


def _spellings(signature: Signature) -> set[str]:
    """Return a person's name, or an organisation's, as it is searched and as it is read."""
    name = signature.name
    return {search.fold(name), search.fold(look_alikes.as_read(name))}


def _same_names(signature: Signature) -> list[Signature]:
    spellings = _spellings(signature) - {"", " "}
    same = Q()
    for spelling in spellings:
        same |= Q(search_text__contains=spelling)
    if not same:
        return []
    rows = Signature.objects.filter(
        same, letter=signature.letter_id, confirmed_at__isnull=False, erased_at=None
    )
    # Names that only begin so, and affiliations, are found too. Of a name that very many have, the
    # first that are found must do: all of them would be sorted for each card.
    some = rows.exclude(pk=signature.pk).order_by().values("pk")[:MOST_COUNTED]
    found = Signature.objects.filter(pk__in=some).defer("email").order_by("-created_at", "-pk")
    alike = [one for one in found[:_MOST_LOOKED_AT] if _spellings(one) & spellings]
    return alike[:MOST_NAMES]


def _decisions_about(signature: Signature, among: frozenset[int] | None) -> list[Decided]:
    key = bytes(signature.email_key)
    if not key:
        return []
    others = Signature.objects.filter(email_key=key).order_by()
    others = others if among is None else others.filter(letter__in=among)
    ids = [str(public_id) for public_id in others.values_list("public_id", flat=True)[:50]]
    entries = AuditEntry.objects.filter(
        object_kind="signature", object_id__in=ids, actor__isnull=False
    )
    newest = entries.order_by("-at", "-pk")[:MOST_DECISIONS]
    return [Decided(action_of(entry), reason_of(entry)) for entry in newest]
