"""Let invented people sign and confirm, each at their time, as if the days had passed."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import count
from uuid import UUID

from openletter.letters.models import Letter, Translation
from openletter.lib.people import networks
from openletter.moderation import watched_names
from openletter.moderation.models import WatchedName
from openletter.operations import rehearsal
from openletter.operations.practice.fakes import FIRST, WATCHED
from openletter.operations.practice.people import LASTS, Invented
from openletter.signatures import confirmation, judgement, rule_facts, signing
from openletter.signatures.abuse.rate_limits import Sender
from openletter.signatures.models import Signature
from openletter.signatures.signing import Signer

# What processes keep about a letter is looked up again after so much of the played time.
_LOOKS_AGAIN = timedelta(minutes=1)


def begin(slug: str, *, now: datetime) -> Translation:
    """Make the letter, which asks for everything, with first signatories and watched names."""
    text = rehearsal.begin_letter(slug, now=now)
    letter = text.version.letter
    Letter.objects.filter(pk=letter.pk).update(asks_comment=True)
    letter.refresh_from_db()
    for place, name in enumerate(FIRST, start=1):
        email = f"first{place}@rehearsal.example.org"
        first = Invented("", name, email, f"2001:db8:ffff:{place}::1", timedelta(), None)
        signed = _sign(text, first, at=now - LASTS - timedelta(hours=place))
        _confirm(signed, at=now - LASTS - timedelta(minutes=place))
        Signature.objects.filter(public_id=signed).update(first_position=place)
    for name in WATCHED:
        spelling = watched_names.spelling(name)
        WatchedName.objects.create(name=name, spelling=spelling, letter=letter)
    watched_names.forget()
    return text


def play(text: Translation, people: Iterable[Invented], *, now: datetime) -> None:
    """Let everybody sign and confirm in the order of their times; the last comes before now."""
    began, numbers = now - LASTS - timedelta(days=1), count()
    waiting: list[tuple[datetime, int, UUID]] = []
    looked_at = began
    for person in people:
        at = began + person.came
        _confirm_until(waiting, at)
        if at - looked_at > _LOOKS_AGAIN:
            rule_facts.forget()
            looked_at = at
        signed = _sign(text, person, at=at)
        if person.confirms_after is not None:
            heapq.heappush(waiting, (at + person.confirms_after, next(numbers), signed))
    _confirm_until(waiting, now)


def _confirm_until(waiting: list[tuple[datetime, int, UUID]], until: datetime) -> None:
    while waiting and waiting[0][0] <= until:
        at, _number, signed = heapq.heappop(waiting)
        _confirm(signed, at=at)


def _sign(text: Translation, person: Invented, *, at: datetime) -> UUID:
    kind = Signature.Kind.ORGANISATION if person.is_organisation else Signature.Kind.PERSON
    signer = Signer(
        kind=kind,
        name=person.name,
        show_name=True,
        title=person.title,
        affiliation=person.affiliation,
        country=person.country,
        comment=person.comment,
    )
    return signing.sign(
        letter=text.version.letter,
        text=text,
        email=person.email,
        signer=signer,
        language=text.language,
        now=at,
        sender=Sender(network=networks.network_of(person.network)),
    )


def _confirm(signed: UUID, *, at: datetime) -> None:
    attempt = Signature.objects.select_related("letter").filter(public_id=signed).first()
    if attempt is None:
        return  # the address had signed already
    try:
        confirmation.confirm(attempt, now=at)
    except judgement.Refused:
        return
