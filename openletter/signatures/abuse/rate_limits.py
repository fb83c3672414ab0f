"""How much is believed from one network, and how fast the mails for it leave (T05, T25).

Counted in rows, one for each form that arrived, so that no outage of a cache opens a limit. Nobody
is refused: over a limit a signature is held for review, or its mail waits its turn, and the answer
is the same page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from openletter.lib.db.statements import only_row_of, short
from openletter.lib.people import addresses, network_owners, networks
from openletter.lib.people.addresses import Recipient
from openletter.lib.people.networks import Network
from openletter.mail.limits import recipient_limits
from openletter.mail.models import Throttle
from openletter.moderation import source_lists
from openletter.moderation.candidate import Mode
from openletter.moderation.rule_settings import in_force
from openletter.moderation.source_lists import Verdict
from openletter.rate_limits.tries import LONGEST_WAIT, Limit
from openletter.signatures.abuse import flags
from openletter.signatures.models import COUNTED, Signature

# Counted in the forms themselves, by the statement below, and not in rows of `RateLimit`.
#
# Forms from one network under one letter: more than a household, and a person should look; the
# mails for them leave at this pace too. The same from a whole block, in which neighbours may be.
BURST = Limit("forms under a letter", 5, timedelta(minutes=5))
BLOCK_BURST = Limit("forms of a block under a letter", 50, timedelta(minutes=5))
# Forms from one network under all letters, and for one domain that is no big provider: what comes
# on top is mailed at this pace, so that the site cannot be made to flood anybody.
NETWORK = Limit("forms", 100, timedelta(hours=1))
BLOCK = Limit("forms of a block", 400, timedelta(hours=1))
DOMAIN = Limit("forms for a domain", 200, timedelta(hours=1))
# Forms that seem to come from this machine: where nobody counted the proxies those are all there
# are, so that none is held for it, and yet their mails have a pace.
LOCAL = Limit("forms from this machine", 1_000, timedelta(hours=1))
_MOST_COUNTED = 1_000  # more would only make a longer wait, and that is capped
_MOST_COUNTED_LOCAL = 5_000

STANDING = (Signature.State.PENDING, *COUNTED)

# One statement, because each round trip would cost as much as all of it. Its parts see the rows as
# they were when it began, so no part sees what another one writes. How many forms there were before
# this one is counted up to a number (%(most)s) beyond which the wait grows no more.
_NOTE = short(f"""
WITH noted AS (
    -- The form is noted, whatever becomes of it. A proof of work is good once: with a second form
    -- it counts as none. Of two at the same moment with one proof, one leaves no row and no proof.
    INSERT INTO signatures_formsubmission
        (reference, letter_id, network_key, block_key, network_country, network_owner,
         email_domain, at, proof)
    SELECT %(reference)s, %(letter)s, %(network)s, %(block)s, %(country)s, %(owner)s,
        %(domain)s, %(now)s,
        CASE WHEN EXISTS (SELECT 1 FROM signatures_formsubmission
                          WHERE proof <> '' AND proof = %(proof)s)
             THEN '' ELSE %(proof)s END
    ON CONFLICT DO NOTHING
    RETURNING proof <> '' AS has_proof
), make_room AS (
    -- So many attempts of the address go on waiting beside the new one, the rest expires (T52).
    -- Those stay that a mail speaks of, or is just being sent about, so that nobody makes a link
    -- worthless that its owner has; then the newest.
    UPDATE signatures_signature SET state = 'expired' WHERE id = ANY(ARRAY(
        SELECT id FROM signatures_signature AS attempt
        WHERE letter_id = %(letter)s AND email_key = %(email_key)s AND state || '' = 'pending'
        ORDER BY EXISTS (
            SELECT 1 FROM mail_outgoingmail AS mail
            WHERE lane = 'confirm' AND about = attempt.public_id
            AND (sent_at IS NOT NULL OR attempts > 0 OR lease_until IS NOT NULL)
        ) DESC, asked_at DESC, id DESC
        OFFSET %(others)s))
), turn_mails AS (
    -- A confirmation that nobody has begun to send is about the attempt of this form from here on,
    -- in the language of this form; its place in the queue and in the limits stays.
    UPDATE mail_outgoingmail SET about = %(reference)s, language = %(language)s
    WHERE recipient_key = %(email_key)s AND topic = %(topic)s AND kind = 'signatures.confirm'
        AND state = 'due' AND attempts = 0 AND lease_until IS NULL
)
SELECT
    -- proved: whether this form brought a proof that was good
    COALESCE((SELECT has_proof FROM noted), FALSE),
    -- throttled: whether the mails of the letter were slowed down, but not by staff
    EXISTS (SELECT 1 FROM mail_throttle WHERE key = %(topic)s AND cause <> %(staff)s),
    -- burst: forms of its network under this letter lately
    (SELECT COUNT(*) FROM (
        SELECT 1 FROM signatures_formsubmission WHERE network_key = %(counted_network)s
        AND (network_key, at) > (%(counted_network)s, %(burst_since)s)
        AND letter_id = %(letter)s LIMIT %(most)s) AS found),
    -- from_network: forms of its network under all letters
    (SELECT COUNT(*) FROM (
        SELECT 1 FROM signatures_formsubmission WHERE network_key = %(counted_network)s
        AND (network_key, at) > (%(counted_network)s, %(network_since)s) LIMIT %(most)s) AS found),
    -- block_burst, from_block: the same of the block around it
    (SELECT COUNT(*) FROM (
        SELECT 1 FROM signatures_formsubmission WHERE block_key = %(counted_block)s
        AND (block_key, at) > (%(counted_block)s, %(burst_since)s)
        AND letter_id = %(letter)s LIMIT %(most)s) AS found),
    (SELECT COUNT(*) FROM (
        SELECT 1 FROM signatures_formsubmission WHERE block_key = %(counted_block)s
        AND (block_key, at) > (%(counted_block)s, %(network_since)s) LIMIT %(most)s) AS found),
    -- to_domain: forms for the domain of the address
    (SELECT COUNT(*) FROM (
        SELECT 1 FROM signatures_formsubmission WHERE email_domain = %(counted_domain)s
        AND (email_domain, at) > (%(counted_domain)s, %(domain_since)s) LIMIT %(most)s) AS found),
    -- counted: the signature that stands for the address already
    (SELECT public_id FROM signatures_signature
        WHERE letter_id = %(letter)s AND email_key = %(email_key)s
        AND state || '' IN ('held', 'published')),
    -- verdicts: why earlier ones of the address were held or removed
    ARRAY(SELECT verdict FROM signatures_signature
        WHERE letter_id = %(letter)s AND email_key = %(email_key)s AND verdict <> ''),
    -- what the address got by mail before this form
    mailed.*
FROM ({recipient_limits.COUNT}) AS mailed
""")  # noqa: S608 - no text of anybody


@dataclass(frozen=True)
class Sender:
    """Where a form came from, as far as we know, and the proof of work that came with it ("")."""

    network: Network | None = None
    proof: str = ""

    @property
    def network_key(self) -> bytes | None:
        return networks.network_key(self.network) if self.network else None

    @property
    def block_key(self) -> bytes | None:
        block = networks.block_of(self.network) if self.network else None
        return networks.network_key(block) if block else None


class _Known(NamedTuple):
    """What the statement tells, in its order: the numbers count forms before this one."""

    proved: bool
    throttled: bool
    burst: int
    from_network: int
    block_burst: int
    from_block: int
    to_domain: int
    counted: UUID | None
    verdicts: list[str]


@dataclass(frozen=True)
class Noted:
    """What is known about a form once it is noted."""

    flags: list[str]
    mail_at: datetime | None  # when its mail may leave, if it may
    counted: UUID | None


def record_submission(
    attempt: Signature,
    sender: Sender,
    *,
    recipient: Recipient,
    kind: str,
    others: int,
    now: datetime,
) -> Noted:
    """Note that a form arrived, and return what it is to be held for and what stands already.

    At most `others` attempts of its address go on waiting for their confirmation beside it. `kind`
    is that of the mail that is to be owed.
    """
    verdict = source_lists.verdict_on(
        network=sender.network,
        domain=attempt.email_domain,
        address_key=bytes(attempt.email_key),
    )
    row = only_row_of(
        _NOTE,
        recipient_limits.parameters(kind, recipient, topic=attempt.letter.topic, now=now)
        | _parameters(attempt, sender, verdict, others=others, now=now),
    )
    known, mailed = _Known(*row[: len(_Known._fields)]), row[len(_Known._fields) :]
    is_local = sender.network == networks.LOCAL
    bursts = known.burst >= BURST.number or known.block_burst >= BLOCK_BURST.number
    found = {
        flags.BURST: bursts and not is_local,
        flags.DOMAIN_BURST: _is_domain_burst(attempt.letter_id, known.to_domain, verdict),
        flags.LISTED: verdict == Verdict.HOLD,
        flags.NO_PROOF: (known.throttled or attempt.letter.asks_proof) and not known.proved,
        flags.REMOVED_BEFORE: flags.REMOVED in known.verdicts,
        flags.HELD_BEFORE: any(verdict != flags.REMOVED for verdict in known.verdicts),
    }
    suspect = [flag for flag, is_so in found.items() if is_so]
    suspect += flags.address_flags(attempt.email_domain)
    not_before = now + _wait(known, is_local=is_local)
    mail_at = recipient_limits.earliest(kind, mailed, not_before=not_before)
    return Noted(suspect, mail_at, known.counted)


def _is_domain_burst(letter_id: int, to_domain: int, verdict: Verdict | None) -> bool:
    """Say whether forms for the domain, before this one, are more than staff let pass."""
    rule = in_force.on(letter_id)[flags.DOMAIN_BURST]
    return rule.mode != Mode.OFF and verdict != Verdict.TRUST and to_domain >= rule.amount


def _parameters(
    attempt: Signature, sender: Sender, verdict: Verdict | None, *, others: int, now: datetime
) -> dict[str, object]:
    domain, is_counted = attempt.email_domain, verdict != Verdict.TRUST
    network, block = sender.network_key, sender.block_key  # a keyed hash each
    owner = network_owners.owner_of(sender.network)
    return {
        "reference": attempt.public_id,
        "letter": attempt.letter_id,
        "topic": attempt.letter.topic,
        "staff": Throttle.Cause.STAFF.value,
        "network": network,
        "counted_network": network if is_counted else None,
        "block": block,
        "country": owner.country,
        "owner": owner.name,
        "counted_block": block if is_counted else None,
        "domain": domain,
        "counted_domain": "" if addresses.is_big_provider(domain) else domain,
        "now": now,
        "proof": sender.proof,
        "burst_since": now - BURST.span,
        "network_since": now - NETWORK.span,
        "domain_since": now - DOMAIN.span,
        "most": _MOST_COUNTED_LOCAL if sender.network == networks.LOCAL else _MOST_COUNTED,
        "email_key": bytes(attempt.email_key),
        "language": attempt.language,
        "others": others,
    }


def _wait(known: _Known, *, is_local: bool) -> timedelta:
    """Return how long the mail waits, by whichever limit makes it wait longest."""
    by_domain = _pace(DOMAIN, known.to_domain)
    if is_local:
        return max(_pace(LOCAL, known.from_network), by_domain)
    return max(
        _pace(BURST, known.burst),
        _pace(NETWORK, known.from_network),
        _pace(BLOCK_BURST, known.block_burst),
        _pace(BLOCK, known.from_block),
        by_domain,
    )


def _pace(limit: Limit, before: int) -> timedelta:
    """Return how long the mail for one more form waits, so that they leave as the limit says."""
    late = (before - limit.number + 1) * limit.step
    return min(max(late, timedelta()), LONGEST_WAIT)
