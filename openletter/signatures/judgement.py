"""Whether an attempt can be confirmed, and whether a person looks at it first.

Judges what it is given and asks the database nothing but, every ten seconds, how the rules are set,
which names are watched, and what rule_facts.py knows of the letter: whoever acts on the answer
makes sure that the row still is what was judged.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from openletter.letters import asked_fields
from openletter.letters.models import Letter
from openletter.moderation import rules, watched_names
from openletter.moderation.candidate import Candidate, Facts, Mode
from openletter.moderation.models import WatchedName
from openletter.moderation.rule_settings import in_force
from openletter.moderation.rules import (
    Judged,
    country_shares,
    first_signatories,
    notable_names,
    repeated_names,
)
from openletter.signatures import rule_facts
from openletter.signatures.abuse import flags
from openletter.signatures.external_opinion import NOT_ASKED, Opinion
from openletter.signatures.models import Signature

LINK_LASTS = timedelta(days=7)
# A confirmation in the post when the letter closes still counts.
GRACE_AFTER_CLOSING = timedelta(hours=24)
# They have to be told of those who signed last.
_ABOUT_OTHERS = (country_shares, repeated_names)


class Refused(Exception):
    """A confirmation that cannot be; the subclass says why."""


class LinkExpired(Refused):
    """The link is older than seven days."""


class LetterClosed(Refused):
    """The letter closed more than a day ago."""


class AlreadyConfirmed(Refused):
    """This very attempt is confirmed already."""


class SignedAlready(Refused):
    """Another attempt of the same address was confirmed first."""


class NoLongerValid(Refused):
    """The signature was withdrawn or removed, or the attempt has expired or was erased."""


class WordsChanged(Refused):
    """They are not the words that the page showed; it has to be shown again."""


def may_confirm(letter: Letter, now: datetime) -> bool:
    """Say whether a confirmation still counts: while open, and for a day after closing."""
    if letter.state not in {Letter.State.OPEN, Letter.State.CLOSED}:
        return False
    if letter.state == Letter.State.CLOSED and letter.closed_at(now) is None:
        return False  # else there would be no day after closing, and so no end
    return letter.closes_at is None or now <= letter.closes_at + GRACE_AFTER_CLOSING


def check_confirmable(attempt: Signature, now: datetime) -> None:
    """Raise the `Refused` that says why an attempt cannot be confirmed now."""
    if attempt.state in {Signature.State.PUBLISHED, Signature.State.HELD}:
        raise AlreadyConfirmed
    if attempt.state != Signature.State.PENDING:
        raise NoLongerValid
    if not may_confirm(attempt.letter, now):
        raise LetterClosed
    if now > attempt.asked_at + LINK_LASTS:
        raise LinkExpired


def judge(attempt: Signature, now: datetime, opinion: Opinion = NOT_ASKED) -> Judged:
    """Say why a person looks at an attempt before it counts, and which rules object."""
    told = _told_of(opinion, _confirmed(attempt, now))
    judged = rules.judge(told, in_force.on(attempt.letter_id))
    because = "letter is reviewed" if attempt.letter.is_reviewed else ""
    because = because or flags.reason_to_hold(attempt.flags) or judged.because
    return Judged(because, judged.objections)


def watched_names_of(signature: Signature) -> list[WatchedName]:
    """Return the names that others like to forge, for which any of its names could be taken."""
    found: dict[int, WatchedName] = {}
    for name in (signature.name, signature.represented_by):
        rows = watched_names.claimed_by(name, letter_id=signature.letter_id)
        found |= {row.pk: row for row in rows}
    return list(found.values())


def rules_against(signature: Signature, opinion: Opinion = NOT_ASKED) -> str:
    """Return why the rules want a person to look at changed words, or an empty text."""
    told = _told_of(opinion, candidate(signature))
    return rules.judge(told, in_force.on(signature.letter_id)).because


def _told_of(opinion: Opinion, about: Candidate) -> Candidate:
    return replace(about, facts=replace(about.facts, is_objected_to=opinion.objects))


def _confirmed(attempt: Signature, now: datetime) -> Candidate:
    """Return an attempt as it is judged when it is confirmed."""
    settings = in_force.on(attempt.letter_id)
    by_words = candidate(attempt)
    facts = replace(
        by_words.facts,
        flags=tuple(attempt.flags),
        confirmed_after=(now - attempt.asked_at).total_seconds(),
    )
    if any(settings[rule.REASON].mode != Mode.OFF for rule in _ABOUT_OTHERS):
        last = rule_facts.of_last(attempt)
        facts = replace(
            facts,
            country_percent=last.percent_from(str(attempt.country or "")),
            same_names=last.called(attempt.name),
        )
    return replace(by_words, facts=facts)


def candidate(signature: Signature, *, told_of: str = "") -> Candidate:
    """Return a signature as its words are judged; by one rule only, if its reason is told."""
    settings = in_force.on(signature.letter_id)
    asks_watched = told_of in {"", notable_names.REASON}
    asks_first = told_of in {"", first_signatories.REASON}
    if not told_of:
        asks_first = settings[first_signatories.REASON].mode != Mode.OFF
    return Candidate(
        is_organisation=signature.is_organisation,
        name=signature.name,
        represented_by=signature.represented_by,
        email_domain=signature.email_domain,
        facts=Facts(
            is_watched=asks_watched and bool(watched_names_of(signature)),
            is_first_signatory=asks_first and rule_facts.is_first_signatory(signature),
        ),
        **{name: getattr(signature, name) for name in asked_fields.JUDGED},
    )
