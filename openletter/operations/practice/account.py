"""What became of the fakes and of the honest people, told by the seed that invented them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from openletter.letters.models import Letter
from openletter.lib.people.addresses import Recipient
from openletter.operations.practice.people import Invented
from openletter.signatures.models import Signature

HONEST = "honest people"
_S = Signature.State


@dataclass(frozen=True)
class Known:
    """Somebody who signed, and what they were."""

    signature: Signature
    fake: str

    @property
    def is_held(self) -> bool:
        return self.signature.state == _S.HELD

    @property
    def is_told(self) -> bool:
        """Whether it is held, or has a flag by which moderators find it."""
        return self.is_held or bool(self.signature.flags)


def of(letter: Letter, people: Iterable[Invented]) -> list[Known]:
    """Return those who confirmed, and what they were."""
    fakes = {Recipient.of(person.email).email_key: person.fake for person in people}
    rows = Signature.objects.filter(letter=letter, confirmed_at__isnull=False).defer("email")
    return [
        Known(one, fakes[bytes(one.email_key)])
        for one in rows.order_by("pk")
        if bytes(one.email_key) in fakes
    ]


@dataclass
class Share:
    """How many of one kind, and what became of them."""

    number: int = 0
    states: dict[str, int] = field(default_factory=dict)
    told: int = 0


def by_kind(known: Iterable[Known]) -> dict[str, Share]:
    found: dict[str, Share] = {}
    for one in known:
        share = found.setdefault(one.fake or HONEST, Share())
        share.number += 1
        share.told += one.is_told
        share.states[one.signature.state] = share.states.get(one.signature.state, 0) + 1
    return found
