"""Who may do what at the desk: the one place that answers it (T34).

Django's permissions are good for the whole site. Whoever lacks one may do with the letters of a
team what their role in it allows (`TEAM_ROLES`), and sees no other.

Nothing else asks for a Django permission, whether somebody is a superuser, or refuses by hand;
`tests/accounts/test_access.py` looks. Views and their objects come through `needs`, `require` and
`get_object`, Django's admin through desk_site.py, templates through `{% may %}`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum, auto
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeGuard, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from openletter.accounts import access_to_accounts
from openletter.accounts.models import Membership, Team, User
from openletter.accounts.teams import standing

M = TypeVar("M", bound=Model)
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


class Action(StrEnum):
    """What somebody may do, or may not."""

    ENTER_DESK = auto()

    SEE_LETTERS = auto()
    BEGIN_LETTERS = auto()
    CHANGE_LETTERS = auto()
    OPEN_AND_CLOSE_LETTERS = auto()
    MOVE_LETTERS = auto()

    SEE_VERSIONS = auto()
    BEGIN_VERSIONS = auto()
    WRITE_VERSIONS = auto()
    PUBLISH_VERSIONS = auto()
    DISCARD_VERSIONS = auto()
    SEE_TEXTS = auto()
    ADD_TEXTS = auto()
    CHANGE_TEXTS = auto()
    DISCARD_TEXTS = auto()

    SEE_UPDATES = auto()
    BEGIN_UPDATES = auto()
    WRITE_UPDATES = auto()
    PREVIEW_UPDATES = auto()
    PUBLISH_UPDATES = auto()
    DISCARD_UPDATES = auto()
    SEE_UPDATE_TEXTS = auto()
    ADD_UPDATE_TEXTS = auto()
    CHANGE_UPDATE_TEXTS = auto()
    DISCARD_UPDATE_TEXTS = auto()

    SEE_MAILINGS = auto()
    SEND_MAILINGS = auto()

    SEE_SIGNATURES = auto()
    DECIDE_SIGNATURES = auto()
    PLACE_FIRST_SIGNATORIES = auto()
    ANSWER_CLAIMS = auto()
    FIND_PERSON = auto()
    EXPORT_PERSON = auto()
    ERASE_PERSON = auto()

    SEE_LEDGER = auto()
    SEE_RECORD = auto()
    SEE_HISTORY = auto()
    SEE_SOURCES = auto()
    LIST_SOURCES = auto()
    CHANGE_SOURCES = auto()
    FORGET_SOURCES = auto()
    SEE_WATCHED_NAMES = auto()
    WATCH_NAMES = auto()
    CHANGE_WATCHED_NAMES = auto()
    FORGET_WATCHED_NAMES = auto()

    SEE_RULES = auto()
    SET_RULES = auto()

    SEE_MAILS = auto()
    SEE_DELIVERY = auto()
    ACT_ON_DELIVERY = auto()

    SEE_TEAMS = auto()
    BEGIN_TEAMS = auto()
    CHANGE_TEAMS = auto()

    SEE_ACCOUNTS = auto()
    MAKE_ACCOUNTS = auto()
    CHANGE_ACCOUNTS = auto()
    DELETE_ACCOUNTS = auto()
    GIVE_RIGHTS = auto()
    SEE_GROUPS = auto()
    SEE_SECOND_FACTORS = auto()
    REMOVE_SECOND_FACTORS = auto()


@dataclass(frozen=True)
class Rule:
    """What an account needs for an action, besides being staff."""

    permissions: tuple[str, ...] = ()  # one of them is enough
    superusers_only: bool = False
    concerning: Callable[[User, Any], bool] | None = None  # what has to hold of the object, too

    def holds(self, user: User, about: object) -> bool:
        if self.superusers_only and not user.is_superuser:
            return False
        if self.permissions and not any(user.has_perm(name) for name in self.permissions):
            return False
        return about is None or self.concerning is None or self.concerning(user, about)


def _one_of(*permissions: str, concerning: Callable[[User, Any], bool] | None = None) -> Rule:
    return Rule(permissions, concerning=concerning)


def _seeing(kind: str) -> Rule:
    """Whoever may change a thing sees it."""
    package, _dot, name = kind.partition(".")
    return _one_of(f"{package}.view_{name}", f"{package}.change_{name}")


_SUPERUSERS = Rule(superusers_only=True)
_A = Action

RULES: dict[Action, Rule] = {
    _A.ENTER_DESK: Rule(),
    _A.SEE_LETTERS: _seeing("letters.letter"),
    _A.BEGIN_LETTERS: _one_of("letters.add_letter"),
    _A.CHANGE_LETTERS: _one_of("letters.change_letter"),
    _A.OPEN_AND_CLOSE_LETTERS: _one_of("letters.change_letter"),
    _A.MOVE_LETTERS: _one_of("letters.change_letter"),
    _A.SEE_VERSIONS: _seeing("letters.textversion"),
    # The first version is begun by the form that begins a letter.
    _A.BEGIN_VERSIONS: _one_of("letters.add_letter", "letters.change_letter"),
    _A.WRITE_VERSIONS: _one_of("letters.change_textversion"),
    _A.PUBLISH_VERSIONS: _one_of("letters.change_textversion"),
    _A.DISCARD_VERSIONS: _one_of("letters.delete_textversion"),
    _A.SEE_TEXTS: _seeing("letters.translation"),
    _A.ADD_TEXTS: _one_of("letters.add_translation"),
    _A.CHANGE_TEXTS: _one_of("letters.change_translation"),
    _A.DISCARD_TEXTS: _one_of("letters.delete_translation"),
    _A.SEE_UPDATES: _seeing("letters.update"),
    _A.BEGIN_UPDATES: _one_of("letters.add_update"),
    _A.WRITE_UPDATES: _one_of("letters.change_update"),
    _A.PREVIEW_UPDATES: _one_of("letters.add_update", "letters.change_update"),
    _A.PUBLISH_UPDATES: _one_of("letters.change_update"),
    _A.DISCARD_UPDATES: _one_of("letters.delete_update"),
    _A.SEE_UPDATE_TEXTS: _seeing("letters.updatetext"),
    _A.ADD_UPDATE_TEXTS: _one_of("letters.add_updatetext"),
    _A.CHANGE_UPDATE_TEXTS: _one_of("letters.change_updatetext"),
    _A.DISCARD_UPDATE_TEXTS: _one_of("letters.delete_updatetext"),
    _A.SEE_MAILINGS: _seeing("mailings.mailing"),
    _A.SEND_MAILINGS: _one_of("mailings.change_mailing"),
    _A.SEE_SIGNATURES: _seeing("signatures.signature"),
    _A.DECIDE_SIGNATURES: _one_of("signatures.change_signature"),
    _A.PLACE_FIRST_SIGNATORIES: _one_of("signatures.change_signature"),
    _A.ANSWER_CLAIMS: _one_of("signatures.change_signature"),
    # Nobody else deletes signatures, so this permission means exactly this.
    _A.FIND_PERSON: _one_of("signatures.delete_signature"),
    _A.EXPORT_PERSON: _one_of("signatures.delete_signature"),
    _A.ERASE_PERSON: _one_of("signatures.delete_signature"),
    _A.SEE_LEDGER: _seeing("ledger.ledgerentry"),
    _A.SEE_RECORD: _seeing("moderation.auditentry"),
    # What the record says of an object that somebody sees.
    _A.SEE_HISTORY: _seeing("moderation.auditentry"),
    _A.SEE_SOURCES: _seeing("moderation.listedsource"),
    _A.LIST_SOURCES: _one_of("moderation.add_listedsource"),
    _A.CHANGE_SOURCES: _one_of("moderation.change_listedsource"),
    _A.FORGET_SOURCES: _one_of("moderation.delete_listedsource"),
    _A.SEE_WATCHED_NAMES: _seeing("moderation.watchedname"),
    _A.WATCH_NAMES: _one_of("moderation.add_watchedname"),
    _A.CHANGE_WATCHED_NAMES: _one_of("moderation.change_watchedname"),
    _A.FORGET_WATCHED_NAMES: _one_of("moderation.delete_watchedname"),
    _A.SEE_RULES: _seeing("moderation.rulesetting"),
    _A.SET_RULES: _one_of("moderation.change_rulesetting"),
    _A.SEE_MAILS: _seeing("mail.outgoingmail"),
    _A.SEE_DELIVERY: _one_of("mail.view_outgoingmail"),
    _A.ACT_ON_DELIVERY: _one_of("mail.change_outgoingmail"),
    # Who is in a team has rights by it, and only superusers give rights; but see `TEAM_ROLES`.
    _A.SEE_TEAMS: _one_of("accounts.view_team"),
    _A.BEGIN_TEAMS: _SUPERUSERS,
    _A.CHANGE_TEAMS: _SUPERUSERS,
    _A.SEE_ACCOUNTS: _seeing("accounts.user"),
    _A.MAKE_ACCOUNTS: _one_of("accounts.add_user"),
    _A.CHANGE_ACCOUNTS: _one_of("accounts.change_user", concerning=access_to_accounts.may_change),
    _A.DELETE_ACCOUNTS: _one_of("accounts.delete_user", concerning=access_to_accounts.may_change),
    _A.GIVE_RIGHTS: _SUPERUSERS,
    _A.SEE_GROUPS: _seeing("auth.group"),
    _A.SEE_SECOND_FACTORS: _seeing("mfa.authenticator"),
    _A.REMOVE_SECOND_FACTORS: _SUPERUSERS,
}

_SEEN = frozenset({
    _A.SEE_LETTERS, _A.SEE_VERSIONS, _A.SEE_TEXTS, _A.SEE_UPDATES, _A.SEE_UPDATE_TEXTS,
    _A.SEE_MAILINGS, _A.SEE_SIGNATURES, _A.SEE_LEDGER, _A.SEE_HISTORY, _A.SEE_TEAMS,
})  # fmt: skip
_DECIDED = _SEEN | {
    _A.DECIDE_SIGNATURES, _A.PLACE_FIRST_SIGNATORIES, _A.ANSWER_CLAIMS, _A.SEE_RULES, _A.SET_RULES,
    _A.SEE_WATCHED_NAMES, _A.WATCH_NAMES, _A.CHANGE_WATCHED_NAMES, _A.FORGET_WATCHED_NAMES,
}  # fmt: skip
_WRITTEN = _DECIDED | {
    _A.BEGIN_LETTERS, _A.CHANGE_LETTERS, _A.OPEN_AND_CLOSE_LETTERS, _A.BEGIN_VERSIONS,
    _A.WRITE_VERSIONS, _A.PUBLISH_VERSIONS, _A.DISCARD_VERSIONS, _A.ADD_TEXTS, _A.CHANGE_TEXTS,
    _A.DISCARD_TEXTS, _A.BEGIN_UPDATES, _A.WRITE_UPDATES, _A.PREVIEW_UPDATES, _A.PUBLISH_UPDATES,
    _A.DISCARD_UPDATES, _A.ADD_UPDATE_TEXTS, _A.CHANGE_UPDATE_TEXTS, _A.DISCARD_UPDATE_TEXTS,
    _A.SEND_MAILINGS,
}  # fmt: skip
# What somebody may do in a team, and with its letters, by what they are in it.
TEAM_ROLES: dict[str, frozenset[Action]] = {
    Membership.Role.VIEWER: _SEEN,
    Membership.Role.MODERATOR: _DECIDED,
    Membership.Role.ORGANISER: _WRITTEN,
    Membership.Role.OWNER: _WRITTEN | {_A.MOVE_LETTERS, _A.CHANGE_TEAMS},
}

# Which action it is when Django's admin shows, adds, changes or deletes a row of a model. What does
# not stand here nobody may, superusers included.
AT_THE_DESK: dict[str, dict[str, Action]] = {
    # A letter is archived, never deleted: names stand under it.
    "letters.letter": {
        "view": _A.SEE_LETTERS,
        "add": _A.BEGIN_LETTERS,
        "change": _A.CHANGE_LETTERS,
    },
    # A version begins at its letter, with the newest text to start from.
    "letters.textversion": {
        "view": _A.SEE_VERSIONS,
        "change": _A.WRITE_VERSIONS,
        "delete": _A.DISCARD_VERSIONS,
    },
    "letters.translation": {
        "view": _A.SEE_TEXTS,
        "add": _A.ADD_TEXTS,
        "change": _A.CHANGE_TEXTS,
        "delete": _A.DISCARD_TEXTS,
    },
    "letters.update": {
        "view": _A.SEE_UPDATES,
        "add": _A.BEGIN_UPDATES,
        "change": _A.WRITE_UPDATES,
        "delete": _A.DISCARD_UPDATES,
    },
    "letters.updatetext": {
        "view": _A.SEE_UPDATE_TEXTS,
        "add": _A.ADD_UPDATE_TEXTS,
        "change": _A.CHANGE_UPDATE_TEXTS,
        "delete": _A.DISCARD_UPDATE_TEXTS,
    },
    # It is prepared at its update, and cancelled, not deleted: what left stays on record.
    "mailings.mailing": {"view": _A.SEE_MAILINGS, "change": _A.SEND_MAILINGS},
    # Nobody signs for somebody else, and removal is a state that can be undone.
    "signatures.signature": {"view": _A.SEE_SIGNATURES, "change": _A.PLACE_FIRST_SIGNATORIES},
    # A question is asked on a page of its own, and what was swept stays on record.
    "sweeps.sweep": {"view": _A.DECIDE_SIGNATURES},
    "ledger.ledgerentry": {"view": _A.SEE_LEDGER},
    # The list of all of it, and what it says of an object on that one's page.
    "moderation.auditentry": {"view": _A.SEE_RECORD, "history": _A.SEE_HISTORY},
    "moderation.listedsource": {
        "view": _A.SEE_SOURCES,
        "add": _A.LIST_SOURCES,
        "change": _A.CHANGE_SOURCES,
        "delete": _A.FORGET_SOURCES,
    },
    "moderation.watchedname": {
        "view": _A.SEE_WATCHED_NAMES,
        "add": _A.WATCH_NAMES,
        "change": _A.CHANGE_WATCHED_NAMES,
        "delete": _A.FORGET_WATCHED_NAMES,
    },
    "moderation.rulesetting": {
        "view": _A.SEE_RULES,
        "add": _A.SET_RULES,
        "change": _A.SET_RULES,
        "delete": _A.SET_RULES,
    },
    "mail.outgoingmail": {"view": _A.SEE_MAILS},
    "accounts.user": {
        "view": _A.SEE_ACCOUNTS,
        "add": _A.MAKE_ACCOUNTS,
        "change": _A.CHANGE_ACCOUNTS,
        "delete": _A.DELETE_ACCOUNTS,
    },
    # A team stays: letters belong to it.
    "accounts.team": {"view": _A.SEE_TEAMS, "add": _A.BEGIN_TEAMS, "change": _A.CHANGE_TEAMS},
    # A group is a bundle of rights.
    "auth.group": {
        "view": _A.SEE_GROUPS,
        "add": _A.GIVE_RIGHTS,
        "change": _A.GIVE_RIGHTS,
        "delete": _A.GIVE_RIGHTS,
    },
    "mfa.authenticator": {"view": _A.SEE_SECOND_FACTORS, "delete": _A.REMOVE_SECOND_FACTORS},
}


def may(user: User | AnonymousUser, action: Action, about: object = None) -> bool:
    """Say whether somebody may do something, to this object or, without one, to any."""
    if not _works_here(user):
        return False  # all of it happens at the desk
    if RULES[action].holds(user, about):
        return True
    allowing = _teams_allowing(user, action)
    return bool(allowing) if about is None else standing.team_of(about) in allowing


def may_everywhere(user: User | AnonymousUser, action: Action) -> bool:
    """Say whether somebody may do something by the site's own rules, whatever team it is of."""
    return _works_here(user) and RULES[action].holds(user, None)


def visible(user: User | AnonymousUser, action: Action, rows: type[M] | QuerySet[M]) -> QuerySet[M]:
    """Return those rows that somebody may do something to, as far as it depends on their teams."""
    found: QuerySet[M] = rows if isinstance(rows, QuerySet) else rows._default_manager.all()
    if not _works_here(user):
        return found.none()
    if RULES[action].holds(user, None):
        return found
    label, allowing = found.model._meta.label_lower, _teams_allowing(user, action)
    if label in standing.TEAM_OF:
        return found.filter(**{f"{standing.TEAM_OF[label] or 'pk'}__in": allowing})
    if label in standing.LETTER_OF:
        letters = letters_for(user, action)
        return found.filter(**{f"{standing.LETTER_OF[label] or 'pk'}__in": letters})
    return found.none()


def letters_for(user: User | AnonymousUser, action: Action) -> frozenset[int] | None:
    """Return the keys of the letters that somebody may do something with; None: all of them."""
    if not _works_here(user):
        return frozenset()
    if RULES[action].holds(user, None):
        return None
    mine = standing.of(user)
    return frozenset().union(*(mine[team].letters for team in _teams_allowing(user, action)))


def teams_for(user: User | AnonymousUser, action: Action) -> QuerySet[Team]:
    """Return the teams that allow somebody something; all of them if the site does."""
    if may_everywhere(user, action):
        return Team.objects.all()
    return Team.objects.filter(pk__in=_teams_allowing(user, action) if _works_here(user) else ())


def _works_here(user: User | AnonymousUser) -> TypeGuard[User]:
    return isinstance(user, User) and user.is_active and user.is_staff


def _teams_allowing(user: User, action: Action) -> frozenset[int]:
    mine = standing.of(user)
    return frozenset(team for team, one in mine.items() if action in TEAM_ROLES[one.role])


def require(user: User | AnonymousUser, action: Action, about: object = None) -> None:
    """Answer with 403 unless somebody may do this."""
    if not may(user, action, about):
        raise PermissionDenied


def get_object(
    user: User | AnonymousUser, action: Action, rows: type[M] | QuerySet[M], **by: Any
) -> M:
    """Return the row that somebody may do this to; ask before it is looked for, and about it.

    What belongs to another team is not there.
    """
    require(user, action)
    found = get_object_or_404(visible(user, action, rows), **by)
    require(user, action, found)
    return found


def needs(action: Action) -> Callable[[View[P]], View[P]]:
    """Let in to a view only who may do this."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def checked(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            require(request.user, action)
            return view(request, *args, **kwargs)

        return checked

    return decorate
