"""Where the desk leads, in words of the people who work there and not in names of packages."""

from __future__ import annotations

from dataclasses import dataclass

from django import template
from django.template import RequestContext
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from openletter.accounts import access
from openletter.accounts.access import Action

register = template.Library()


@dataclass(frozen=True)
class Place:
    action: Action
    label: Promise
    page: str  # the name of its address
    # Addresses that belong to it, too; what has a place of its own comes first in the table.
    holds: tuple[str, ...] = ()


# In the order in which work goes.
PLACES = (
    Place(
        Action.SEE_LETTERS,
        pgettext_lazy("desk", "Letters"),
        "admin:letters_letter_changelist",
        ("admin:letters_textversion_changelist",),
    ),
    Place(
        Action.DECIDE_SIGNATURES,
        pgettext_lazy("desk", "Waiting"),
        "admin:signatures_signature_queue",
        ("admin:sweeps_sweep_changelist", "admin:moderation_rulesetting_changelist"),
    ),
    Place(
        Action.SEE_SIGNATURES,
        pgettext_lazy("desk", "Signatures"),
        "admin:signatures_signature_changelist",
        ("admin:ledger_ledgerentry_changelist",),
    ),
    Place(
        Action.SEE_UPDATES,
        pgettext_lazy("desk", "News"),
        "admin:letters_update_changelist",
        ("admin:mailings_mailing_changelist",),
    ),
    Place(
        Action.SEE_DELIVERY,
        pgettext_lazy("desk", "Mail"),
        "operations:page",
        ("admin:mail_outgoingmail_changelist",),
    ),
    Place(
        Action.SEE_ACCOUNTS,
        pgettext_lazy("desk", "People"),
        "admin:accounts_user_changelist",
        ("admin:auth_group_changelist", "admin:mfa_authenticator_changelist"),
    ),
    Place(Action.SEE_TEAMS, pgettext_lazy("desk", "Teams"), "admin:accounts_team_changelist"),
    Place(
        Action.SEE_RECORD,
        pgettext_lazy("desk", "Record"),
        "admin:moderation_auditentry_changelist",
    ),
)


@register.inclusion_tag("admin/navigation.html", takes_context=True)
def desk_navigation(context: RequestContext) -> dict[str, object]:
    """Lead to every place that the reader may see, and say at which they are."""
    request = context["request"]
    open_to = [place for place in PLACES if access.may(request.user, place.action)]
    here = _place_of(request.path)
    return {"ways": [(place.label, reverse(place.page), place is here) for place in open_to]}


def _place_of(path: str) -> Place | None:
    """Return the place whose address a path is at or below; of several the nearest."""
    found = [
        (len(address), place)
        for place in PLACES
        for address in map(reverse, (place.page, *place.holds))
        if path.startswith(address)
    ]
    return max(found, key=lambda one: one[0])[1] if found else None
