"""How much is believed from one network, and how fast the mails for it leave (T05, T25).

Counted in rows, one for each form that arrived, so that no outage of a cache opens a limit. Nobody
is refused: over a limit a signature is held for review, or its mail waits its turn, and the answer
is the same page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from openletter.lib import addresses, networks
from openletter.lib.networks import Network
from openletter.lib.statements import only_row_of
from openletter.mail.models import Brake
from openletter.moderation import listings
from openletter.moderation.listings import Verdict
from openletter.signatures import flags
from openletter.signatures.models import COUNTED, Signature


@dataclass(frozen=True)
class Limit:
    """So many forms in such a time."""

    number: int
    span: timedelta

    def wait(self, before: int) -> timedelta:
        """Return how long the mail for one more form waits, so that they leave at this pace."""
        late = (before - self.number + 1) * self.span / self.number
        return min(max(late, timedelta()), LONGEST_WAIT)


# Forms from one network under one letter: more than a household, and a person should look.
BURST = Limit(5, timedelta(minutes=5))
# Forms from one network under all letters, and for one domain that is no big provider: what comes
# on top is mailed at this pace, so that the site cannot be made to flood anybody.
NETWORK = Limit(100, timedelta(hours=1))
DOMAIN = Limit(200, timedelta(hours=1))
LONGEST_WAIT = timedelta(hours=4)
_MOST_COUNTED = 1_000  # more would only make a longer wait, and that is capped

STANDING = (Signature.State.PENDING, *COUNTED)

# One statement: it notes the form and tells everything that signing has to know.
_NOTE = """
WITH noted AS (
    INSERT INTO signatures_sentform (reference, letter_id, network_key, email_domain, at, proof)
    SELECT %(reference)s, %(letter)s, %(network)s, %(domain)s, %(now)s,
        CASE WHEN EXISTS (SELECT 1 FROM signatures_sentform WHERE proof <> '' AND proof = %(proof)s)
             THEN '' ELSE %(proof)s END
    ON CONFLICT DO NOTHING
    RETURNING proof <> '' AS has_proof
)
SELECT
    COALESCE((SELECT has_proof FROM noted), FALSE),
    EXISTS (SELECT 1 FROM mail_brake WHERE key = %(topic)s AND cause <> %(staff)s),
    (SELECT COUNT(*) FROM (
        SELECT 1 FROM signatures_sentform WHERE network_key = %(counted_network)s
        AND at > %(burst_since)s AND letter_id = %(letter)s LIMIT %(most)s) AS found),
    (SELECT COUNT(*) FROM (
        SELECT 1 FROM signatures_sentform WHERE network_key = %(counted_network)s
        AND at > %(network_since)s LIMIT %(most)s) AS found),
    (SELECT COUNT(*) FROM (
        SELECT 1 FROM signatures_sentform WHERE email_domain = %(counted_domain)s
        AND at > %(domain_since)s LIMIT %(most)s) AS found),
    ARRAY(SELECT public_id FROM signatures_signature
        WHERE letter_id = %(letter)s AND email_key = %(email_key)s AND state = 'pending'),
    (SELECT public_id FROM signatures_signature
        WHERE letter_id = %(letter)s AND email_key = %(email_key)s
        AND state IN ('held', 'published')),
    ARRAY(SELECT verdict FROM signatures_signature
        WHERE letter_id = %(letter)s AND email_key = %(email_key)s AND verdict <> '')
"""


@dataclass(frozen=True)
class Sender:
    """Where a form came from, as far as we know, and the proof of work that came with it ("")."""

    network: Network | None = None
    proof: str = ""


@dataclass(frozen=True)
class Noted:
    """What is known about a form once it is noted."""

    flags: list[str]
    mail_from: datetime
    pending: list[UUID]
    counted: UUID | None


def note(attempt: Signature, sender: Sender, *, now: datetime) -> Noted:
    """Note that a form arrived, and return what it is to be held for and what stands already."""
    domain = attempt.email_domain
    verdict = listings.verdict_on(
        network=sender.network, domain=domain, address_key=bytes(attempt.email_key)
    )
    key = networks.network_key(sender.network) if sender.network else None
    proved, braked, burst, from_network, to_domain, pending, counted, verdicts = only_row_of(
        _NOTE,
        {
            "reference": attempt.public_id,
            "letter": attempt.letter_id,
            "topic": attempt.letter.topic,
            "staff": Brake.Cause.STAFF.value,
            "network": key,
            "counted_network": None if verdict == Verdict.TRUST else key,
            "domain": domain,
            "counted_domain": "" if addresses.is_big_provider(domain) else domain,
            "now": now,
            "proof": sender.proof,
            "burst_since": now - BURST.span,
            "network_since": now - NETWORK.span,
            "domain_since": now - DOMAIN.span,
            "most": _MOST_COUNTED,
            "email_key": bytes(attempt.email_key),
        },
    )
    found = {
        flags.BURST: burst >= BURST.number,
        flags.LISTED: verdict == Verdict.HOLD,
        flags.NO_PROOF: (braked or attempt.letter.asks_proof) and not proved,
        flags.REMOVED_BEFORE: flags.REMOVED in verdicts,
        flags.HELD_BEFORE: any(verdict != flags.REMOVED for verdict in verdicts),
    }
    suspect = [flag for flag, is_so in found.items() if is_so] + flags.address_flags(domain)
    wait = max(NETWORK.wait(from_network), DOMAIN.wait(to_domain))
    return Noted(suspect, now + wait, pending, counted)
