"""Every address of the desk, and the actions of `accounts/access.py` that it takes to be let in."""

from __future__ import annotations

from dataclasses import dataclass

from openletter.accounts.access import Action

A = Action


@dataclass(frozen=True)
class Door:
    """A method at an address: who holds all these actions is let in, and nobody else."""

    method: str
    actions: tuple[Action, ...]
    let_in: frozenset[int] = frozenset({200, 302})
    refused: int = 403
    leads_home: bool = False  # once it is done, if it is

    @property
    def is_shut(self) -> bool:
        """Nobody gets in, superusers included."""
        return not self.actions


def get(*actions: Action, let_in: int = 200, refused: int = 403) -> Door:
    return Door("get", actions, frozenset({let_in}), refused)


def post(*actions: Action) -> Door:
    return Door("post", actions)


NOBODY: tuple[Action, ...] = ()
Actions = tuple[Action, ...]


def rows_of(
    kind: str,
    see: Action,
    *,
    add: Actions = NOBODY,
    change: Actions = NOBODY,
    delete: Actions = NOBODY,
) -> dict[str, tuple[Door, ...]]:
    """Return the pages that Django's admin has for every model."""
    one = f"{kind}/<path:object_id>/"
    return {
        f"{kind}/": (get(see),),
        f"{kind}/add/": (get(*add), post(*add)),
        one: (get(A.ENTER_DESK, let_in=302),),  # leads to the page of the row
        f"{one}change/": (get(see), post(*change)),
        f"{one}delete/": (get(*delete), post(*delete)),
        f"{one}history/": (get(see),),
    }


DESK: dict[str, tuple[Door, ...]] = {
    "": (get(A.ENTER_DESK),),
    "login/": (),  # leads to the pages of accounts/urls.py
    "logout/": (post(A.ENTER_DESK),),
    "password_change/": (get(A.ENTER_DESK, let_in=302),),
    "password_change/done/": (get(A.ENTER_DESK),),
    "jsi18n/": (get(A.ENTER_DESK),),
    "autocomplete/": (get(A.SEE_LETTERS),),  # for an update's letter
    "x": (get(A.ENTER_DESK, let_in=404),),  # what is no address
    "x/": (get(A.SEE_LEDGER, refused=404),),  # a package: here the ledger
    **rows_of("letters/letter", A.SEE_LETTERS, add=(A.BEGIN_LETTERS,), change=(A.CHANGE_LETTERS,)),
    # Who may only begin letters is told that this one is not there.
    "letters/letter/<path:object_id>/history/": (get(A.SEE_LETTERS, refused=302),),
    "letters/letter/<int:pk>/<str:to>/act/": (
        get(A.OPEN_AND_CLOSE_LETTERS),
        post(A.OPEN_AND_CLOSE_LETTERS),
    ),
    "letters/letter/<int:pk>/trends/": (get(A.SEE_SIGNATURES),),
    **rows_of(
        "letters/textversion",
        A.SEE_VERSIONS,
        change=(A.WRITE_VERSIONS,),
        delete=(A.DISCARD_VERSIONS,),
    ),
    "letters/textversion/<int:pk>/preview/": (post(A.WRITE_VERSIONS),),
    "letters/textversion/<int:pk>/publish/": (
        get(A.PUBLISH_VERSIONS),
        post(A.PUBLISH_VERSIONS),
    ),
    **rows_of(
        "letters/update",
        A.SEE_UPDATES,
        add=(A.BEGIN_UPDATES,),
        change=(A.WRITE_UPDATES,),
        delete=(A.DISCARD_UPDATES,),
    ),
    "letters/update/preview/": (post(A.PREVIEW_UPDATES),),
    "letters/update/<int:pk>/publish/": (get(A.PUBLISH_UPDATES), post(A.PUBLISH_UPDATES)),
    # The page of a mailing has no form of its own: whatever is sent to it, it is shown.
    **rows_of("mailings/mailing", A.SEE_MAILINGS, change=(A.SEE_MAILINGS,)),
    "mailings/mailing/prepare/<int:update_pk>/": (post(A.SEND_MAILINGS),),
    "mailings/mailing/try/<int:update_pk>/": (post(A.SEND_MAILINGS),),
    "mailings/mailing/<int:pk>/test/": (post(A.SEND_MAILINGS),),
    "mailings/mailing/<int:pk>/preview/": (get(A.SEND_MAILINGS),),
    "mailings/mailing/<int:pk>/progress/": (get(A.SEE_MAILINGS),),
    "mailings/mailing/<int:pk>/send/": (get(A.SEND_MAILINGS), post(A.SEND_MAILINGS)),
    "mailings/mailing/<int:pk>/<str:act>/ask/": (get(A.SEND_MAILINGS), post(A.SEND_MAILINGS)),
    **rows_of("signatures/signature", A.SEE_SIGNATURES, change=(A.PLACE_FIRST_SIGNATORIES,)),
    "signatures/signature/queue/": (
        get(A.DECIDE_SIGNATURES),
        Door("post", (A.DECIDE_SIGNATURES,), frozenset({422})),  # without a decision
    ),
    "signatures/signature/try-rule/": (
        Door("post", (A.SET_RULES, A.SEE_SIGNATURES), frozenset({422})),  # without a rule
    ),
    "signatures/signature/queue/card/": (get(A.DECIDE_SIGNATURES, let_in=204),),
    "signatures/signature/queue/many/": (get(A.DECIDE_SIGNATURES), post(A.DECIDE_SIGNATURES)),
    "signatures/signature/queue/many/undo/": (post(A.DECIDE_SIGNATURES),),
    "signatures/signature/queue/undo/": (post(A.DECIDE_SIGNATURES),),
    # The page of a sweep has no form of Django's: whatever is sent to it, it is shown.
    **rows_of("sweeps/sweep", A.DECIDE_SIGNATURES, change=(A.DECIDE_SIGNATURES,)),
    "sweeps/sweep/ask/": (
        get(A.DECIDE_SIGNATURES),
        Door("post", (A.DECIDE_SIGNATURES,), frozenset({422})),
    ),
    "sweeps/sweep/<int:pk>/act/": (post(A.DECIDE_SIGNATURES),),
    "sweeps/sweep/<int:pk>/progress/": (get(A.DECIDE_SIGNATURES),),
    **rows_of("ledger/ledgerentry", A.SEE_LEDGER),
    **rows_of("moderation/auditentry", A.SEE_RECORD),
    "moderation/auditentry/<int:pk>/object/": (get(A.SEE_RECORD, let_in=302),),
    **rows_of(
        "moderation/listedsource",
        A.SEE_SOURCES,
        add=(A.LIST_SOURCES,),
        change=(A.CHANGE_SOURCES,),
        delete=(A.FORGET_SOURCES,),
    ),
    **rows_of(
        "moderation/watchedname",
        A.SEE_WATCHED_NAMES,
        add=(A.WATCH_NAMES,),
        change=(A.CHANGE_WATCHED_NAMES,),
        delete=(A.FORGET_WATCHED_NAMES,),
    ),
    **rows_of(
        "moderation/rulesetting",
        A.SEE_RULES,
        add=(A.SET_RULES,),
        change=(A.SET_RULES,),
        delete=(A.SET_RULES,),
    ),
    **rows_of("mail/outgoingmail", A.SEE_MAILS),
    "delivery/": (get(A.SEE_DELIVERY),),
    "delivery/throttles/<str:key>/": (get(A.ACT_ON_DELIVERY), post(A.ACT_ON_DELIVERY)),
    "delivery/dead-letters/": (get(A.ACT_ON_DELIVERY), post(A.ACT_ON_DELIVERY)),
    "delivery/dead-letters/<uuid:mail_id>/": (post(A.ACT_ON_DELIVERY),),
    "delivery/alarms/<int:alarm_id>/": (post(A.ACT_ON_DELIVERY),),
    "delivery/self-test/": (get(A.SEE_DELIVERY),),
    "delivery/self-test/send/": (post(A.ACT_ON_DELIVERY),),
    "claims/": (
        get(A.ANSWER_CLAIMS),
        Door("post", (A.ANSWER_CLAIMS,), frozenset({422})),  # without a decision
    ),
    "claims/undo/": (post(A.ANSWER_CLAIMS),),
    "claims/letters/": (get(A.ANSWER_CLAIMS),),
    "claims/letters/<int:pk>/": (post(A.CHANGE_LETTERS),),
    "alerts/": (get(A.DECIDE_SIGNATURES), post(A.DECIDE_SIGNATURES)),
    "privacy/": (get(A.FIND_PERSON), post(A.FIND_PERSON)),
    "privacy/<str:key>/": (get(A.FIND_PERSON),),
    "privacy/<str:key>/export/": (post(A.EXPORT_PERSON),),
    "privacy/<str:key>/erase/": (get(A.ERASE_PERSON), post(A.ERASE_PERSON)),
    **rows_of(
        "accounts/team",
        A.SEE_TEAMS,
        add=(A.BEGIN_TEAMS,),
        change=(A.CHANGE_TEAMS,),
    ),
    "accounts/team/<int:pk>/people/": (get(A.SEE_TEAMS),),
    "accounts/team/<int:pk>/people/<int:member>/role/": (post(A.CHANGE_TEAMS),),
    "accounts/team/<int:pk>/people/<int:member>/end/": (post(A.CHANGE_TEAMS),),
    "accounts/team/<int:pk>/invite/": (
        Door("post", (A.CHANGE_TEAMS,), frozenset({422})),  # without an address
    ),
    "accounts/team/<int:pk>/invitations/<int:invitation>/withdraw/": (post(A.CHANGE_TEAMS),),
    "accounts/team/<int:pk>/leave/": (Door("post", (A.SEE_TEAMS,), leads_home=True),),
    **rows_of(
        "accounts/user",
        A.SEE_ACCOUNTS,
        add=(A.MAKE_ACCOUNTS, A.CHANGE_ACCOUNTS),
        change=(A.CHANGE_ACCOUNTS,),
        delete=(A.DELETE_ACCOUNTS,),
    ),
    "accounts/user/<id>/password/": (get(A.CHANGE_ACCOUNTS), post(A.CHANGE_ACCOUNTS)),
    **rows_of(
        "auth/group",
        A.SEE_GROUPS,
        add=(A.GIVE_RIGHTS,),
        change=(A.GIVE_RIGHTS,),
        delete=(A.GIVE_RIGHTS,),
    ),
    **rows_of("mfa/authenticator", A.SEE_SECOND_FACTORS, delete=(A.REMOVE_SECOND_FACTORS,)),
}

# What is done on pages whose address takes something else: buttons, and rows within a row's page.
ON_OTHER_PAGES = {
    A.BEGIN_VERSIONS,
    A.MOVE_LETTERS,
    A.SEE_HISTORY,
    A.SEE_TEXTS,
    A.ADD_TEXTS,
    A.CHANGE_TEXTS,
    A.DISCARD_TEXTS,
    A.SEE_UPDATE_TEXTS,
    A.ADD_UPDATE_TEXTS,
    A.CHANGE_UPDATE_TEXTS,
    A.DISCARD_UPDATE_TEXTS,
}
