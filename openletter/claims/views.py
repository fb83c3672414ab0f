"""`/s/<token>/appeal/`: a signer answers the removal of their signature. GET changes nothing."""

from __future__ import annotations

from contextlib import suppress

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from openletter.claims import appeals, removals
from openletter.claims.forms import AppealForm
from openletter.claims.models import Appeal
from openletter.letters.queries.letters import LetterView
from openletter.lib import tokens
from openletter.lib.db import clock
from openletter.lib.http.answer_classes import private
from openletter.lib.http.requests import is_cross_site, wellformed
from openletter.signatures import error_pages
from openletter.signatures.links import signature_of


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private
@wellformed
def appeal(request: HttpRequest, token: str) -> HttpResponse:
    """Show the removal and its reason, and take one answer to it."""
    try:
        signature = signature_of("appeal", token)
    except tokens.BadToken as problem:
        return error_pages.bad_link(request, problem)
    if request.method == "POST" and is_cross_site(request):
        return error_pages.cross_site(request)
    letter = LetterView(signature.translation, clock.now())
    removal = removals.removal_of(signature)
    if removal is None:
        return _nothing_to_answer(request, letter)
    written = appeals.appeal_against(removal, signature)
    if written is not None:
        return _answered(request, letter, written)
    form = AppealForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with suppress(appeals.NotRemoved, appeals.AnsweredAlready):  # the page says so
            appeals.write(signature.pk, text=form.cleaned_data["text"], now=letter.now)
        return redirect("claims:appeal", token)
    context = {
        "letter": letter,
        "signer": signature,
        "token": token,
        "reason": removal.reason,
        "by_sweep": removal.sweep is not None,
        "form": form,
    }
    return render(request, "claims/appeal.html", context, status=422 if form.errors else 200)


def _nothing_to_answer(request: HttpRequest, letter: LetterView) -> HttpResponse:
    return error_pages.notice(
        request,
        title=_("There is no removal to object to"),
        text=_("Your signature is not removed, or not any more."),
        actions=[error_pages.read_letter(letter), error_pages.send_link(letter)],
        status=410,
        letter=letter,
    )


def _answered(request: HttpRequest, letter: LetterView, written: Appeal) -> HttpResponse:
    is_waiting = written.outcome == Appeal.Outcome.WAITING
    text = (
        _("Another moderator will read it and decide. We will tell you by e-mail.")
        if is_waiting
        else _("Another moderator has decided that your signature stays removed.")
    )
    reason = "" if is_waiting else appeals.why_upheld(written.signature)
    if reason:
        text = f"{text} {_('The reason: %(reason)s') % {'reason': reason}}"
    return error_pages.notice(
        request,
        title=_("We have your objection") if is_waiting else _("Your objection was answered"),
        text=text,
        actions=[error_pages.read_letter(letter)],
        status=200,
        letter=letter,
    )
