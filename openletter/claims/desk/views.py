"""Objections at the desk: a card, a decision, the next card."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from openletter.accounts.access import Action, needs
from openletter.claims import appeals
from openletter.claims.desk import queue
from openletter.claims.forms import AppealCardForm
from openletter.claims.models import Appeal
from openletter.lib.admin.pages import answer
from openletter.lib.db import clock
from openletter.moderation import audit_words
from openletter.signatures import held_reasons


@needs(Action.ANSWER_CLAIMS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Show the objection that waits longest, or carry out what was decided about one."""
    if request.method == "POST":
        said = _decide(request)
        if said:
            messages.error(request, said)
        return redirect("desk_claims:page")
    moderator = int(request.user.pk or 0)
    appeal = queue.take_next(moderator_id=moderator, now=clock.now())
    context: dict[str, Any] = {
        "appeal": appeal,
        "waiting": queue.waiting(moderator),
        "acts": {"restore": Appeal.Outcome.RESTORED, "uphold": Appeal.Outcome.UPHELD},
    }
    if appeal is not None:
        context |= {
            "one": appeal.signature,
            "removal": audit_words.reason_of(appeal.removal),
            "rule": held_reasons.in_words(appeal.rule),
        }
    return answer(request, "admin/claims/page.html", _("Objections"), context)


def _decide(request: HttpRequest) -> str:
    """Do what was decided; return what to say where it could not be done."""
    form = AppealCardForm(request.POST)
    if not form.is_valid():
        return _("Please choose what is to be done.")
    typed = form.cleaned_data
    try:
        appeals.decide(
            typed["appeal"],
            to=Appeal.Outcome(typed["act"]),
            revision=typed["revision"],
            actor_id=int(request.user.pk or 0),
            now=clock.now(),
        )
    except appeals.OwnRemoval:
        return _("You removed this signature yourself, so another moderator decides about it.")
    except appeals.ChangedMeanwhile:
        return _("This signature has changed since you saw it. Please look at it again.")
    except appeals.CannotBeRestored:
        return _(
            "Another signature from the same address counts or waits already, so this one cannot be"
            " restored."
        )
    messages.success(request, _("Decided. Its signatory is told by e-mail."))
    return ""
