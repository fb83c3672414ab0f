"""The fields that a letter may ask its signers for, beside the name: one row each.

The letter's switches, the form, what is stored, searched, judged, shown, exported and erased are
made from this table; where a place has to name them itself (columns, migrations, rules, the words
of the audit record), `tests/signatures/test_asked_fields.py` compares.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from openletter.lib.people.names import (
    MAX_AFFILIATION_LENGTH,
    MAX_COMMENT_LENGTH,
    MAX_TITLE_LENGTH,
)

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from openletter.letters.models import Letter


class Answer(StrEnum):
    """What one can answer."""

    LINE = "line"
    TEXT = "text"  # of several lines
    COUNTRY = "country"  # chosen from a list; a code is stored


@dataclass(frozen=True, kw_only=True)
class AskedField:
    """One field, and all that is different about it."""

    # Of the column, of the field on the form, of what is exported.
    name: str
    answer: Answer
    longest: int  # as it is typed
    label: _StrPromise  # for staff
    heading: _StrPromise  # above the answer, for its owner
    question: _StrPromise  # on the form
    help_text: _StrPromise | str = ""
    autocomplete: str = ""
    switch_label: _StrPromise  # of the letter's switch
    is_asked_at_first: bool  # by a new letter
    held_as: str  # how we tell people that we hold it
    of_people_only: bool = False  # or of organisations too
    is_public: bool  # whether all may read it whose owner's name is shown
    is_judged: bool  # whether a person looks when a rule objects to it, or when it is corrected
    is_searched: bool  # by staff
    moves_revision: bool  # whether what somebody saw is no longer so when it changes

    @property
    def switch(self) -> str:
        """The name of the letter's switch."""
        return f"asks_{self.name}"

    def is_asked(self, letter: Letter, *, of_organisation: bool) -> bool:
        return bool(getattr(letter, self.switch)) and not (of_organisation and self.of_people_only)


@dataclass(frozen=True)
class Answers:
    """What somebody answered, tidied; "" to what they left empty or were not asked."""

    title: str = ""
    affiliation: str = ""
    country: str = ""
    comment: str = ""


TITLE = AskedField(
    name="title",
    answer=Answer.LINE,
    longest=MAX_TITLE_LENGTH,
    label=_("title"),
    heading=_("Title or profession"),
    question=_("Title or profession (optional)"),
    autocomplete="organization-title",
    switch_label=_("ask for a title or profession"),
    is_asked_at_first=True,
    held_as="title or profession",
    of_people_only=True,
    is_public=True,
    is_judged=True,
    is_searched=True,
    moves_revision=True,
)
AFFILIATION = AskedField(
    name="affiliation",
    answer=Answer.LINE,
    longest=MAX_AFFILIATION_LENGTH,
    label=_("affiliation"),
    heading=_("Affiliation"),
    question=_("Affiliation (optional)"),
    help_text=_("For example a university, a company or a group."),
    autocomplete="organization",
    switch_label=_("ask for an affiliation"),
    is_asked_at_first=True,
    held_as="affiliation",
    of_people_only=True,
    is_public=True,
    is_judged=True,
    is_searched=True,
    moves_revision=True,
)
COUNTRY = AskedField(
    name="country",
    answer=Answer.COUNTRY,
    longest=2,
    label=_("country"),
    heading=_("Country"),
    question=_("Country (optional)"),
    autocomplete="country",
    switch_label=_("ask for the country"),
    is_asked_at_first=True,
    held_as="country",
    is_public=True,
    is_judged=False,
    is_searched=False,
    moves_revision=True,
)
COMMENT = AskedField(
    name="comment",
    answer=Answer.TEXT,
    longest=MAX_COMMENT_LENGTH,
    label=_("comment"),
    heading=_("Comment"),
    question=_("Comment (optional)"),
    help_text=_("Appears next to your name if you choose to show it. At most 500 characters."),
    switch_label=_("ask for a comment"),
    is_asked_at_first=False,
    held_as="comment",
    is_public=True,
    is_judged=True,
    is_searched=False,
    moves_revision=True,
)

# In the order in which they are asked and shown.
FIELDS = (TITLE, AFFILIATION, COUNTRY, COMMENT)

# Made once: signing reads them for every form.
NAMES = tuple(field.name for field in FIELDS)
SWITCHES = tuple(field.switch for field in FIELDS)
OF_PEOPLE_ONLY = tuple(field.name for field in FIELDS if field.of_people_only)
PUBLIC = tuple(field.name for field in FIELDS if field.is_public)
# What stands beside a name wherever that is shown, on one line.
BESIDE_NAME = tuple(
    field.name for field in FIELDS if field.is_public and field.answer is not Answer.TEXT
)
JUDGED = tuple(field.name for field in FIELDS if field.is_judged)
SEARCHED = tuple(field.name for field in FIELDS if field.is_searched)
WORDS = tuple(field.name for field in FIELDS if field.moves_revision)
# What people may write at length, the longest first.
WRITTEN = tuple(
    field.name
    for field in sorted(FIELDS, key=lambda field: -field.longest)
    if field.answer is not Answer.COUNTRY
)
