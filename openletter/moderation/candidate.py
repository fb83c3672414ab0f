"""What a rule is asked about, and what it may answer."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Facts:
    """What the rules have to be told of a signature, looked up by whoever asks."""

    is_watched: bool = False  # its name could be taken for one that staff watch
    is_first_signatory: bool = False  # its name is that of a first signatory of the letter
    flags: tuple[str, ...] = ()  # what its form was suspected of
    # How many seconds after the mail was asked for; None when it is not being confirmed.
    confirmed_after: float | None = None
    # Of those who signed last: how many percent named the same country.
    country_percent: int = 0
    same_names: int = 0  # how many of them signed under its name
    is_objected_to: bool = False  # by the program that the operator has asked


@dataclass(frozen=True)
class Candidate:
    """What somebody is about to put their name to; rules know no signature.

    An organisation's name is judged otherwise than a person's: it may be long, or a number.
    """

    is_organisation: bool
    name: str
    represented_by: str  # who signs for an organisation
    title: str
    affiliation: str
    comment: str
    email_domain: str
    facts: Facts = field(default_factory=Facts)

    @property
    def person(self) -> str:
        """The name of a person that would be shown, "" if an organisation names none."""
        return self.represented_by if self.is_organisation else self.name


class Mode(TextChoices):
    """What becomes of a signature to which a rule objects."""

    HOLD = "hold", _("hold: a person looks before it counts")
    HINT = "hint", _("hint: it counts, and the rule is noted for whoever looks at it")
    OFF = "off", _("off: the rule is not asked")


@dataclass(frozen=True)
class Amount:
    """A number that staff may choose for a rule."""

    usual: int
    least: int
    most: int
    label: _StrPromise


@dataclass(frozen=True)
class Setting:
    """How a rule is set on one letter."""

    mode: Mode
    amount: int = 0
    words: re.Pattern[str] | None = None  # finds any of those that are listed


class Rule(Protocol):
    """A module with one question."""

    REASON: str  # short and stable: it is stored, as a reason and as a flag
    NAME: _StrPromise
    SAYS: _StrPromise  # to moderators, of a signature to which it objects
    CLEARED_BY: _StrPromise  # what would let them publish it
    MODE: Mode  # unless staff say otherwise
    AMOUNT: Amount | None

    @staticmethod
    def objects(candidate: Candidate, setting: Setting) -> bool:
        """Say whether a person should look at this."""
