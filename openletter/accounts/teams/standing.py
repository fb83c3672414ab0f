"""Which teams somebody is in, as what, and how a row of any package leads to its team.

What a role allows says access.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model

from openletter.accounts.models import Membership, User

# From a model to the letter that its rows belong to. What does not stand here, or below, belongs to
# the site alone: teams see none of it.
LETTER_OF = {
    "letters.letter": "",
    "letters.textversion": "letter",
    "letters.translation": "version__letter",
    "letters.update": "letter",
    "letters.updatetext": "update__letter",
    "mailings.mailing": "update__letter",
    "signatures.signature": "letter",
    "claims.appeal": "letter",
    "claims.claim": "letter",
    "sweeps.sweep": "letter",
    "ledger.ledgerentry": "letter",
    # Those of no letter are the site's.
    "moderation.rulesetting": "letter",
    "moderation.watchedname": "letter",
}
# From a model to the team itself.
TEAM_OF = {"accounts.team": "", "accounts.membership": "team", "accounts.invitation": "team"}


@dataclass(frozen=True)
class Standing:
    """What somebody is in a team, and its letters."""

    role: str
    letters: frozenset[int]


def of(user: User) -> dict[int, Standing]:
    """Return the teams that somebody is in, by their keys; asked once for an account object."""
    found: dict[int, Standing] | None = getattr(user, "_teams", None)
    if found is None:
        letters: dict[int, set[int]] = {}
        roles: dict[int, str] = {}
        rows = Membership.objects.filter(user=user).values_list("team_id", "role", "team__letters")
        for team, role, letter in rows:
            roles[team] = role
            letters.setdefault(team, set()).update({letter} - {None})
        found = {team: Standing(role, frozenset(letters[team])) for team, role in roles.items()}
        user._teams = found  # type: ignore[attr-defined]  # for as long as a request lasts
    return found


def team_of(row: object) -> int | None:
    """Return the key of the team that a row belongs to; None if it is of the site alone."""
    if not isinstance(row, Model):
        return None
    label = row._meta.label_lower
    try:
        if label in TEAM_OF:
            team = _behind(row, TEAM_OF[label])
            return None if team.pk is None else int(team.pk)
        if label in LETTER_OF:
            letter = _behind(row, LETTER_OF[label])
            return None if letter is None or letter.team_id is None else int(letter.team_id)
    except ObjectDoesNotExist:
        return None  # a new row, of which nobody knows yet where it will belong
    return None


def _behind(row: Any, path: str) -> Any:
    for name in path.split("__") if path else ():
        row = getattr(row, name)
    return row
