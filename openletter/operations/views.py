"""The delivery page of the desk: how mail is doing, what is held up, and the buttons to go on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from openletter.accounts.access import Action, may, needs
from openletter.lib.admin.pages import answer
from openletter.lib.db import clock
from openletter.mail.models import Throttle
from openletter.moderation.forms import DecisionForm
from openletter.operations import delivery_acts, delivery_plots, delivery_report

REFRESH_SECONDS = 10


@require_safe
@needs(Action.SEE_DELIVERY)
def page(request: HttpRequest) -> HttpResponse:
    """Show everything at once; with ?refresh the browser asks again every ten seconds."""
    report = delivery_report.make(now=clock.now())
    plots = [
        {
            "name": delivery_plots.name_of(domain),
            "hours": [(hour, rate) for hour, rate in domain.hours if rate.asked],
            "description": delivery_plots.describe(domain.total),
            "picture": delivery_plots.draw(domain, key=f"plot-{number}"),
        }
        for number, domain in enumerate(report.rates)
    ]
    context = {
        "report": report,
        "columns": delivery_report.COLUMNS.values(),
        "tables": [
            (report.lanes, _("By lane"), _("lane")),
            (report.letters, _("By letter"), _("letter")),
        ],
        "plots": plots,
        "may_act": may(request.user, Action.ACT_ON_DELIVERY),
        "refreshes": "refresh" in request.GET,
    }
    response = answer(request, "admin/operations/page.html", _("Mail delivery"), context)
    if context["refreshes"]:
        response.headers["Refresh"] = str(REFRESH_SECONDS)
    return response


@needs(Action.ACT_ON_DELIVERY)
def let_go_on(request: HttpRequest, key: str) -> HttpResponse:
    """Ask once, then let the mails of a letter go on."""
    get_object_or_404(Throttle.objects.exclude(key__startswith="batch:"), key=key)
    return _ask(
        request,
        title=_("Release its mails"),
        question=_("The waiting mails are sent now, and the alarms about them are resolved."),
        do=partial(delivery_acts.let_go_on, key=key),
        done=_("The mails are released."),
    )


@needs(Action.ACT_ON_DELIVERY)
def try_all_again(request: HttpRequest) -> HttpResponse:
    """Ask once, then owe all dead letters afresh."""
    return _ask(
        request,
        title=_("Try all again"),
        question=_(
            "Every mail that was given up is due again, with all its attempts still to come."
        ),
        do=delivery_acts.try_all_again,
        done=_("The mails are due again."),
    )


@require_POST
@needs(Action.ACT_ON_DELIVERY)
def try_again(request: HttpRequest, mail_id: UUID) -> HttpResponse:
    again = partial(delivery_acts.try_again, mail_id=mail_id)
    return act(request, again, _("The mail is due again."))


@require_POST
@needs(Action.ACT_ON_DELIVERY)
def resolve(request: HttpRequest, alarm_id: int) -> HttpResponse:
    resolved = partial(delivery_acts.resolve, alarm_id=alarm_id)
    return act(
        request, resolved, _("The alarm is resolved. It will be raised again if its cause remains.")
    )


def _ask(
    request: HttpRequest, *, title: str, question: str, do: Callable[..., object], done: str
) -> HttpResponse:
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return act(request, partial(do, reason=form.cleaned_data["reason"]), done)
    context = {"question": question, "form": form}
    return answer(request, "admin/operations/ask.html", title, context)


def act(
    request: HttpRequest, do: Callable[..., object], done: str, *, back: str = "operations:page"
) -> HttpResponse:
    """Do it, say what became of it, and lead back."""
    try:
        do(actor_id=request.user.pk, now=clock.now())
        messages.success(request, done)
    except delivery_acts.TooLate:
        messages.warning(request, _("There was nothing left to do: somebody else was faster."))
    return redirect(back)
