"""How often anybody may send the forms that store nothing (T47), counted in PostgreSQL.

One statement for each form that arrives, the same whatever is known of its address.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from openletter.lib import crypto, networks
from openletter.lib.networks import Network
from openletter.lib.statements import only_row_of
from openletter.moderation import listings
from openletter.moderation.listings import Verdict
from openletter.signatures.limits import LOCAL, Limit

# In the order of the keys, so that two forms cannot wait for each other.
_COUNT = """
WITH counted AS (
    INSERT INTO signatures_formcount AS known (key, number, until)
    SELECT key, 1, until
    FROM unnest(%(keys)s::bytea[], %(until)s::timestamptz[]) AS form (key, until)
    ORDER BY key
    ON CONFLICT (key) DO UPDATE SET
        number = CASE WHEN known.until > %(now)s THEN LEAST(known.number, 1000000) + 1 ELSE 1 END,
        until = CASE WHEN known.until > %(now)s THEN known.until ELSE EXCLUDED.until END
    RETURNING key, number
)
SELECT array_agg(key), array_agg(number) FROM counted
"""


@dataclass(frozen=True)
class FormLimits:
    """How often a form may come from one network, and about one subject (an address, a link)."""

    name: str
    network: Limit
    subject: Limit


# Each mail that is asked for is also capped for its address (mail/caps.py).
SEND_AGAIN = FormLimits(
    "send again", network=Limit(60, timedelta(hours=1)), subject=Limit(20, timedelta(days=1))
)
SEND_LINK = FormLimits(
    "send link", network=Limit(60, timedelta(hours=1)), subject=Limit(20, timedelta(days=1))
)
RESUME = FormLimits(
    "resume", network=Limit(20, timedelta(hours=1)), subject=Limit(20, timedelta(days=1))
)
# All codes for an address and letter together, whichever page they are typed into: six digits, up
# to five of which are right.
CODE = FormLimits(
    "code", network=Limit(600, timedelta(hours=1)), subject=Limit(10, timedelta(days=1))
)


@dataclass(frozen=True)
class Counted:
    """What a limit says to one more form: do it, do it after a `wait`, or do nothing."""

    is_over: bool  # too many about this subject
    wait: timedelta  # too many from this network: so long, that they leave at its pace


def count(form: FormLimits, *, network: Network | None, subject: bytes, now: datetime) -> Counted:
    """Count one more form, and return what its limits say.

    Others that count the same wait until the caller's transaction ends. Outside of one it is
    committed at once, so that tries at the same moment each count whatever becomes of them.
    """
    spans = {_key(form, "subject", subject): form.subject.span}
    from_network, limit = None, form.network
    if network is not None and not _is_trusted(network):
        from_network = _key(form, "network", networks.network_key(network))
        spans[from_network] = form.network.span
        limit = LOCAL if network == networks.LOCAL else form.network
    keys, numbers = only_row_of(
        _COUNT,
        {"keys": list(spans), "until": [now + span for span in spans.values()], "now": now},
    )
    number = {bytes(key): count for key, count in zip(keys, numbers, strict=True)}
    before = number[from_network] - 1 if from_network else 0
    return Counted(
        is_over=number[_key(form, "subject", subject)] > form.subject.number,
        wait=limit.wait(before),
    )


def _key(form: FormLimits, source: str, value: bytes) -> bytes:
    return crypto.lookup_key("form", f"{form.name}\0{source}\0{value.hex()}")


def _is_trusted(network: Network) -> bool:
    return listings.verdict_on(network=network, domain="", address_key=b"") == Verdict.TRUST
