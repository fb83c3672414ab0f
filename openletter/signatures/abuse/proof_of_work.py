"""Proof of work (T05): a second of the browser's time for each form of a letter under attack.

A browser without it still signs, and a person looks first; so this may slow robots down but stops
nobody. Nothing is kept until a proof is used: a challenge is signed, says for which letter and
until when it is good, and its nonce tells whether it came back before.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import altcha
from django.conf import settings

from openletter.letters.models import Letter
from openletter.lib.crypto import derive
from openletter.mail.limits import throttles

# Long enough to write a comment, short enough that proofs cannot be stored up for an attack.
LASTS = timedelta(minutes=20)
ALGORITHM = "PBKDF2/SHA-256"  # browsers have it built in; memory-hard ones would need WebAssembly
# The browser tries numbers from 0 on until one fits, and derives a key of so many rounds for each.
# Five million rounds on average: half a second on a laptop, about one on a phone, five on an old
# phone, and at most twice that. Making a challenge costs us one try, checking it next to nothing.
ROUNDS = 5_000
MOST_TRIES = 2_000
LONGEST = 2_000  # characters; a real payload has about 850


def is_asked(letter: Letter) -> bool:
    """Say whether forms of this letter should bring a proof now."""
    return letter.asks_proof or throttles.is_alarmed(letter.topic)


def challenge(letter: Letter, now: datetime) -> dict[str, Any]:
    """Return a new challenge as the widget takes it."""
    signs, hides = _keys(settings.SECRET_KEY)
    made = altcha.create_challenge(
        ALGORITHM,
        ROUNDS,
        counter=secrets.randbelow(MOST_TRIES),
        expires_at=now + LASTS,
        data={"letter": letter.public_id.hex},
        hmac_secret=signs,
        hmac_key_secret=hides,
    )
    return made.to_dict()


def check(payload: str, letter: Letter) -> str | None:
    """Return the id of the challenge that was solved, or None if this is no good proof.

    Good is what was made here for this letter, has not expired and fits. Whether the same id was
    used before is for the caller to find out.
    """
    if not 0 < len(payload) <= LONGEST:
        return None
    try:
        given = altcha.Payload.from_base64(payload)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if not any(_is_solved(given, secret) for secret in _secrets()):
        return None
    # From here on the parameters are as we signed them.
    parameters = given.challenge.parameters
    if parameters.data != {"letter": letter.public_id.hex}:
        return None
    return parameters.nonce


def _is_solved(given: altcha.Payload, secret: str) -> bool:
    signs, hides = _keys(secret)
    return altcha.verify_solution(given, signs, hmac_key_secret=hides).verified


def _secrets() -> tuple[str, ...]:
    """A form that was open while the key changed is as good as any."""
    return (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


@lru_cache(maxsize=8)
def _keys(secret: str) -> tuple[bytes, bytes]:
    """One key signs challenges; under the other we know the solution again without computing it."""
    return derive(secret, "openletter.proof"), derive(secret, "openletter.proof.solution")
