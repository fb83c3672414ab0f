"""Objections at the desk: a card, a decision, the next card."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openletter.accounts.access import Action, get_object, letters_for, may, needs, visible
from openletter.claims import appeals, choices, claiming, undoing
from openletter.claims.desk import cards, overturned, queue
from openletter.claims.desk.queue import APPEAL, CLAIM, Card, Desk
from openletter.claims.forms import AppealCardForm, CardForm, ClaimCardForm
from openletter.claims.models import Appeal, Claim
from openletter.letters.models import Letter
from openletter.lib.admin.pages import answer
from openletter.lib.db import clock

# In the session: what was decided last, to be undone. Kinds, keys and codes, nobody's words.
_DECIDED = "decided objections"
_MOST_UNDONE = 20


@needs(Action.ANSWER_CLAIMS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Show the objection that waits longest, or carry out what was decided about one."""
    if request.method == "POST":
        return _decide(request)
    desk, now = _desk(request), clock.now()
    asked = Card.named(request.GET.get("card", ""))
    found = queue.take(desk, asked, now=now) if asked else None
    behind = Card.named(request.GET.get("behind", ""))
    return _show(request, desk, found or queue.take_next(desk, now=now, behind=behind))


def _show(
    request: HttpRequest, desk: Desk, found: Appeal | Claim | None, form: CardForm | None = None
) -> HttpResponse:
    context: dict[str, Any] = {
        "waiting": queue.waiting(desk),
        "last_decided": next(iter(reversed(request.session.get(_DECIDED, []))), None),
        "form": form,
    }
    if isinstance(found, Appeal):
        context |= cards.of_appeal(found)
    elif found is not None:
        among = letters_for(request.user, Action.SEE_SIGNATURES)
        context |= cards.of_claim(found, among=among)
    response = answer(request, "admin/claims/page.html", _("Objections"), context)
    response.status_code = 200 if form is None else 422
    return response


def _decide(request: HttpRequest) -> HttpResponse:
    form = (ClaimCardForm if CLAIM in request.POST else AppealCardForm)(request.POST)
    kind = CLAIM if CLAIM in request.POST else APPEAL
    if not form.is_valid():
        messages.error(request, _said_by(form))
        desk, card = _desk(request), Card.named(f"{kind}-{request.POST.get(kind, '')}")
        found = queue.take(desk, card, now=clock.now()) if card else None
        return _show(request, desk, found, form)
    typed = form.cleaned_data
    model = Claim if kind == CLAIM else Appeal
    rows = visible(request.user, Action.ANSWER_CLAIMS, model).filter(pk=typed[kind])
    because = rows.values_list("signature__held_because", flat=True).first()
    said = _changed() if because is None else _carry_out(request, kind, typed)
    if said:
        messages.error(request, said)
    else:
        decided = [*request.session.get(_DECIDED, []), [kind, typed[kind], because]]
        request.session[_DECIDED] = decided[-_MOST_UNDONE:]
    return redirect("desk_claims:page")


def _said_by(form: CardForm) -> str:
    """Return what is wrong with what was typed; nothing else of a card can be by mistake."""
    if set(form.errors) == {"reason"}:
        return " ".join(map(str, form.errors["reason"]))
    return _("Please choose what is to be done.")


def _carry_out(request: HttpRequest, kind: str, typed: dict[str, Any]) -> str:
    """Do what was decided; return what to say where it could not be done."""
    how = {
        "revision": typed["revision"],
        "actor_id": _moderator(request),
        "reason": typed["why"],
        "now": clock.now(),
    }
    try:
        if kind == CLAIM:
            claiming.decide(typed[CLAIM], to=Claim.State(typed["act"]), **how)
        else:
            appeals.decide(typed[APPEAL], to=Appeal.Outcome(typed["act"]), **how)
    except appeals.OwnRemoval:
        return _(
            "You removed this signature yourself, or agreed to it, so another moderator decides"
            " about it."
        )
    except (appeals.ChangedMeanwhile, claiming.ChangedMeanwhile):
        return _changed()
    except appeals.CannotBeRestored:
        return _(
            "Another signature from the same address counts or waits already, so this one cannot be"
            " restored."
        )
    messages.success(
        request,
        _("Decided. Whoever objected is told by e-mail in ten minutes, unless you undo it."),
    )
    return ""


@needs(Action.ANSWER_CLAIMS)
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Take back what this moderator decided last, and show its card again."""
    decided = request.session.get(_DECIDED, [])
    if not decided:
        messages.warning(request, _("There is nothing to undo."))
        return redirect("desk_claims:page")
    kind, key, because = decided[-1]
    request.session[_DECIDED] = decided[:-1]
    model = Claim if kind == CLAIM else Appeal
    is_theirs = visible(request.user, Action.ANSWER_CLAIMS, model).filter(pk=key).exists()
    moderator, now = _moderator(request), clock.now()
    try:
        if not is_theirs:  # erased, or of a letter that is not theirs any more
            raise undoing.ChangedMeanwhile
        if kind == CLAIM:
            undoing.undo_claim(key, held_because=because, actor_id=moderator, now=now)
        else:
            undoing.undo_appeal(key, actor_id=moderator, now=now)
    except undoing.TooLate:
        text = _(
            "That was some minutes ago, and whoever objected has been told. You can still decide"
            " otherwise on the page of the signature."
        )
        messages.error(request, text)
        return redirect("desk_claims:page")
    except undoing.ChangedMeanwhile:
        text = _("This signature has changed since you decided, so nothing was undone.")
        messages.error(request, text)
        return redirect("desk_claims:page")
    messages.success(request, _("Your last decision is undone. The objection is waiting again."))
    return redirect(f"{reverse('desk_claims:page')}?card={Card(kind, key)}")


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
