"""Guesses at the secrets of an account: counted before they are looked at, given back if right.

Strangers share the tries of an account. Who comes from a network from which the account was logged
in to before has tries of their own there, so that nobody is locked out by others (T54).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from openletter.accounts import known_networks
from openletter.lib.people.networks import Network
from openletter.rate_limits import tries
from openletter.rate_limits.tries import Limit, Try

PASSWORD = (Limit("password", 5, timedelta(minutes=5)),)
# Whoever guesses codes knows the password. Three of a million codes are right at a time: at fifty
# guesses a day the odds are even after twelve years.
CODE = (
    Limit("code", 5, timedelta(minutes=5)),
    Limit("codes in a day", 50, timedelta(days=1)),
)
# For all accounts together, and both kinds.
NETWORK = Limit("guesses from a network", 10, timedelta(minutes=1))


@dataclass(frozen=True)
class Attempt:
    """A guess that may be looked at."""

    _taken: tuple[Try, ...]

    def succeeded(self) -> None:
        """Count it no more."""
        tries.give_back(*self._taken)


def begin(
    secret: tuple[Limit, ...], *, email: str, network: Network | None, now: datetime
) -> Attempt | None:
    """Count a guess at an account, which need not exist; None when there were too many."""
    email = email.strip().lower()
    guess = tries.from_network(NETWORK, network) if network else []
    is_known = network is not None and known_networks.is_known(network, email=email, now=now)
    subject = f"{email} {network}" if is_known else email
    guess += [Try(limit, subject) for limit in secret]
    return None if tries.take(*guess, now=now).is_over else Attempt(tuple(guess))
