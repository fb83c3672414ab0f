"""The typed code: whose it is, how often it may be tried, and what it confirms (T52)."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, Q, Subquery

from openletter.letters import asked_fields
from openletter.letters.models import Letter
from openletter.lib import tokens
from openletter.lib.db.statements import row_of
from openletter.lib.people.networks import Network
from openletter.signatures import confirmation, judgement
from openletter.signatures.abuse import form_limits
from openletter.signatures.inbox import typed_form
from openletter.signatures.models import Signature

MOST_TRIES = 5  # for one page
_MOST_ATTEMPTS = 8  # of an address that are looked at, those that wait first
_S = Signature.State

# Counted before the code is compared: parallel guesses each cost a try.
_COUNT = """
INSERT INTO signatures_codeattempt AS known (reference, tries) VALUES (%s, 1)
ON CONFLICT (reference) DO UPDATE SET tries = known.tries + 1
WHERE known.tries <= %s RETURNING tries
"""
# What the public would read, or may conclude.
_WORDS = ("translation_id", "kind", "name", "represented_by", *asked_fields.WORDS, "show_name")


class WrongCode(Exception):
    """The code does not fit."""


class TooManyTries(Exception):
    """Codes were typed wrong too often; only the link works now."""


@dataclass(frozen=True)
class Match:
    """The attempt that a code confirms: the one it was mailed for, or one with the same words.

    `to_choose` holds what its owner has to see first, because it was typed on a page that is about
    other words, and perhaps somebody else's; empty when there is no doubt.
    """

    attempt: Signature
    to_choose: tuple[Signature, ...] = ()


def match(
    *,
    reference: tokens.Reference,
    letter: Letter,
    code: str,
    network: Network | None,
    now: datetime,
) -> Match:
    """Return which attempt of an address and letter a code belongs to.

    Any code that was mailed to the address is good on any of its pages. Tries are counted for each
    page, and for address and letter together, so that many forms do not make many guesses; with
    or without a row, so that an address that has signed already answers like any other. Raises
    `WrongCode` or `TooManyTries`.
    """
    attempts = _attempts(reference, letter)
    own = next((one for one in attempts if one.public_id == reference.public_id), None)
    key = bytes(own.email_key) if own else typed_form.key_in(reference)
    counted = form_limits.count(
        form_limits.CODE, network=network, subject=letter.public_id.bytes + key, now=now
    )
    tries = row_of(_COUNT, [reference.public_id, MOST_TRIES])
    if tries is None or tries[0] > MOST_TRIES or counted.is_over:
        raise TooManyTries
    fitting = [
        one for one in attempts if hmac.compare_digest(code, confirmation.confirmation_code(one))
    ]
    if not fitting:
        raise WrongCode
    return _match(fitting[0], own, reference.public_id, now)


def _attempts(reference: tokens.Reference, letter: Letter) -> list[Signature]:
    """Return the page's own attempt, then others of its address: those that wait, the newest."""
    mine = Signature.objects.filter(public_id=reference.public_id)
    same_address = Q(email_key=typed_form.key_in(reference)) | Q(
        email_key=Subquery(mine.values("email_key"))
    )
    found = (
        Signature.objects.filter(
            Q(public_id=reference.public_id) | same_address, letter=letter, erased_at=None
        )
        .exclude(email_key=b"")
        .select_related("letter", "translation__version__letter")
    )
    own, waiting = _is(public_id=reference.public_id), _is(state=_S.PENDING)
    return list(found.order_by(own.desc(), waiting.desc(), "-asked_at", "-pk")[:_MOST_ATTEMPTS])


def _is(**fields: object) -> ExpressionWrapper[Q]:
    return ExpressionWrapper(Q(**fields), output_field=BooleanField())


def _match(attempt: Signature, own: Signature | None, page: UUID, now: datetime) -> Match:
    is_over = attempt.state not in {_S.PENDING, _S.EXPIRED}
    if attempt.public_id == page or is_over or now > attempt.asked_at + judgement.LINK_LASTS:
        return Match(attempt)
    own_waits = own if own and own.state == _S.PENDING else None
    if own_waits and _same_words(own_waits, attempt):
        return Match(own_waits)  # with what its own sender wished: mails, a name that stays
    # Where forms came from says nothing about who sent them: a household, a university and a
    # mobile network have one address each. Whoever meant these words confirms them by a press.
    waiting = attempt if attempt.state == _S.PENDING else None  # else another took its place
    return Match(attempt, tuple(one for one in (own_waits, waiting) if one))


def _same_words(one: Signature, other: Signature) -> bool:
    return all(getattr(one, field) == getattr(other, field) for field in _WORDS)
