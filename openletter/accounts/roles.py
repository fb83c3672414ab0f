"""The groups that a site has after its first start, so that nobody puts rights together by hand.

They are made once and are staff's from then on. One that was deleted comes back at the next start;
one that was emptied stays empty.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from openletter.accounts.access import RULES, Action

_A = Action
_SEES_LETTERS = (_A.SEE_LETTERS, _A.SEE_VERSIONS, _A.SEE_TEXTS, _A.SEE_UPDATES, _A.SEE_UPDATE_TEXTS)
_SEES_SIGNATURES = (_A.SEE_SIGNATURES, _A.SEE_LEDGER, _A.SEE_RECORD)
_MODERATES = (
    *(_A.DECIDE_SIGNATURES, _A.PLACE_FIRST_SIGNATORIES),
    *(_A.SEE_SOURCES, _A.LIST_SOURCES, _A.CHANGE_SOURCES, _A.FORGET_SOURCES),
    *(_A.SEE_WATCHED_NAMES, _A.WATCH_NAMES, _A.CHANGE_WATCHED_NAMES, _A.FORGET_WATCHED_NAMES),
    *(_A.SEE_RULES, _A.SET_RULES),
)
_WRITES = (
    *(_A.BEGIN_LETTERS, _A.CHANGE_LETTERS, _A.OPEN_AND_CLOSE_LETTERS),
    *(_A.BEGIN_VERSIONS, _A.WRITE_VERSIONS, _A.PUBLISH_VERSIONS, _A.DISCARD_VERSIONS),
    *(_A.ADD_TEXTS, _A.CHANGE_TEXTS, _A.DISCARD_TEXTS),
    *(_A.BEGIN_UPDATES, _A.WRITE_UPDATES, _A.PREVIEW_UPDATES, _A.PUBLISH_UPDATES),
    *(_A.DISCARD_UPDATES, _A.ADD_UPDATE_TEXTS, _A.CHANGE_UPDATE_TEXTS, _A.DISCARD_UPDATE_TEXTS),
    *(_A.SEE_MAILINGS, _A.SEND_MAILINGS),
)
_OPERATES = (
    *(_A.SEE_MAILS, _A.SEE_DELIVERY, _A.ACT_ON_DELIVERY, _A.SEE_RECORD),
    *(_A.SEE_ACCOUNTS, _A.MAKE_ACCOUNTS, _A.CHANGE_ACCOUNTS, _A.SEE_GROUPS, _A.SEE_SECOND_FACTORS),
    *(_A.FIND_PERSON, _A.EXPORT_PERSON, _A.ERASE_PERSON),
)

# A group's name is not translated: it is a row that staff may call what they like.
ROLES: dict[str, tuple[Action, ...]] = {
    "Viewers": (*_SEES_LETTERS, *_SEES_SIGNATURES),
    "Moderators": (*_SEES_LETTERS, *_SEES_SIGNATURES, *_MODERATES),
    "Organisers": (*_SEES_LETTERS, *_SEES_SIGNATURES, *_MODERATES, *_WRITES),
    "Operators": _OPERATES,
}


@transaction.atomic
def ensure() -> list[str]:
    """Make the groups that are not there; return their names."""
    made = []
    for name, actions in ROLES.items():
        group, is_new = Group.objects.get_or_create(name=name)
        if is_new:
            group.permissions.set(_permissions(actions))
            made.append(name)
    return made


def _permissions(actions: Iterable[Action]) -> list[Permission]:
    """Return the least that is enough: of several that are, the first."""
    names = {RULES[action].permissions[0] for action in actions}
    found = Permission.objects.select_related("content_type")
    return [one for one in found if f"{one.content_type.app_label}.{one.codename}" in names]
