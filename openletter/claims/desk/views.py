"""Objections at the desk: a card, a decision, the next card."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openletter.accounts.access import Action, get_object, letters_for, may, needs, visible
from openletter.claims import appeals, choices, claiming, removals
from openletter.claims.desk import facts, overturned, queue
from openletter.claims.desk.queue import Desk
from openletter.claims.forms import AppealCardForm, ClaimCardForm
from openletter.claims.models import Appeal, Claim
from openletter.letters.models import Letter
from openletter.lib.admin.pages import answer
from openletter.lib.db import clock
from openletter.signatures import held_reasons
from openletter.sweeps import in_words
from openletter.sweeps.models import Sweep


@needs(Action.ANSWER_CLAIMS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Show the objection that waits longest, or carry out what was decided about one."""
    if request.method == "POST":
        said = _decide_claim(request) if "claim" in request.POST else _decide_appeal(request)
        if said:
            messages.error(request, said)
        return redirect("desk_claims:page")
    context = {"waiting": queue.waiting(_desk(request)), **_card(request)}
    return answer(request, "admin/claims/page.html", _("Objections"), context)


def _card(request: HttpRequest) -> dict[str, Any]:
    desk, now = _desk(request), clock.now()
    appeal = queue.next_appeal(desk, now=now)
    if appeal is not None:
        return {
            "appeal": appeal,
            "one": appeal.signature,
            "removal": removals.against(appeal),
            "swept": _swept(appeal.sweep) if appeal.sweep else None,
            "rule": held_reasons.in_words(appeal.rule),
            "acts": {"restore": Appeal.Outcome.RESTORED, "uphold": Appeal.Outcome.UPHELD},
        }
    claim = queue.next_claim(desk, now=now)
    if claim is None:
        return {}
    return {
        "claim": claim,
        "one": claim.signature,
        "facts": facts.of(claim, among=letters_for(request.user, Action.SEE_SIGNATURES)),
        "is_hidden": claim.signature.held_because == claiming.HELD_BECAUSE,
        "acts": {"remove": Claim.State.REMOVED, "keep": Claim.State.KEPT},
    }


def _swept(sweep: Sweep) -> dict[str, Any]:
    """Return what is known of a sweep: what it looked for, and how many objected to it."""
    return {
        "sweep": sweep,
        "question": in_words.question(sweep),
        "objections": overturned.by_sweep(sweep),
    }


def _decide_appeal(request: HttpRequest) -> str:
    """Do what was decided; return what to say where it could not be done."""
    form = AppealCardForm(request.POST)
    if not form.is_valid():
        return _("Please choose what is to be done.")
    typed = form.cleaned_data
    if not visible(request.user, Action.ANSWER_CLAIMS, Appeal).filter(pk=typed["appeal"]).exists():
        return _changed()
    try:
        appeals.decide(
            typed["appeal"],
            to=Appeal.Outcome(typed["act"]),
            revision=typed["revision"],
            actor_id=_moderator(request),
            now=clock.now(),
        )
    except appeals.OwnRemoval:
        return _(
            "You removed this signature yourself, or agreed to it, so another moderator decides"
            " about it."
        )
    except appeals.ChangedMeanwhile:
        return _changed()
    except appeals.CannotBeRestored:
        return _(
            "Another signature from the same address counts or waits already, so this one cannot be"
            " restored."
        )
    messages.success(request, _("Decided. Its signatory is told by e-mail."))
    return ""


def _decide_claim(request: HttpRequest) -> str:
    form = ClaimCardForm(request.POST)
    if not form.is_valid():
        return _("Please choose what is to be done.")
    typed = form.cleaned_data
    if not visible(request.user, Action.ANSWER_CLAIMS, Claim).filter(pk=typed["claim"]).exists():
        return _changed()
    try:
        claiming.decide(
            typed["claim"],
            to=Claim.State(typed["act"]),
            revision=typed["revision"],
            actor_id=_moderator(request),
            now=clock.now(),
        )
    except claiming.ChangedMeanwhile:
        return _changed()
    messages.success(request, _("Decided. Whoever objected is told by e-mail."))
    return ""


@needs(Action.ANSWER_CLAIMS)
@never_cache
@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """Show how often removals were overturned, and what each letter chose."""
    mine = visible(request.user, Action.ANSWER_CLAIMS, Letter)
    context = {
        "letters": [
            (row, may(request.user, Action.CHANGE_LETTERS, row.letter))
            for row in overturned.by_letter(mine)
        ],
        "rules": overturned.by_rule(mine),
    }
    return answer(request, "admin/claims/letters.html", _("Objections by letter and rule"), context)


@require_POST
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a letter hide claimed entries from now on, or no more."""
    letter = get_object(request.user, Action.CHANGE_LETTERS, Letter, pk=pk)
    choices.choose(
        letter,
        hides_claimed=request.POST.get("hides") == "yes",
        actor_id=_moderator(request),
        now=clock.now(),
    )
    return redirect("desk_claims:letters")


def _changed() -> str:
    return _("This signature has changed since you saw it. Please look at it again.")


def _desk(request: HttpRequest) -> Desk:
    return Desk(_moderator(request), letters_for(request.user, Action.ANSWER_CLAIMS))


def _moderator(request: HttpRequest) -> int:
    return int(request.user.pk or 0)
