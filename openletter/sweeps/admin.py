"""Sweeps in the admin: ask, look at what was found, begin, watch, stop, undo."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openletter.accounts import access
from openletter.accounts.access import Action
from openletter.letters.models import Letter
from openletter.lib.admin.pages import ModelAdmin
from openletter.lib.db import clock
from openletter.moderation.history import Recorded
from openletter.signatures.models import Signature
from openletter.sweeps import flows, in_words, notices, working
from openletter.sweeps.forms import BeginForm, QuestionForm
from openletter.sweeps.models import SWEEP_ARROWS, Sweep, Swept

_S = Sweep.State
_MOVING = frozenset({_S.LOOKING, _S.RUNNING, _S.UNDOING})
# Of what was left as it was so many are listed.
_MOST_LISTED = 100


@admin.register(Sweep)
class SweepAdmin(Recorded, ModelAdmin[Sweep]):
    """A sweep begins with a question; everything else happens on its own page."""

    recorded_as = "sweep"
    list_display = ("asked_at", "letter", "asked_for", "found", "state")
    list_filter = ("state", "letter", "asked_at")
    list_select_related = ("letter", "version")
    change_list_template = "admin/sweeps/list.html"

    @admin.display(description=_("looks for"))
    def asked_for(self, sweep: Sweep) -> str:
        return ", ".join(f"{label}: {value}" for label, value in in_words.question(sweep))

    @admin.display(description=_("found"))
    def found(self, sweep: Sweep) -> int:
        return sweep.size

    def get_urls(self) -> list[URLPattern]:
        pages: dict[str, tuple[str, Callable[..., HttpResponse]]] = {
            "ask": ("ask/", require_http_methods(["GET", "HEAD", "POST"])(self.ask)),
            "act": ("<int:pk>/act/", require_POST(self.act)),
            "progress": ("<int:pk>/progress/", require_safe(self.progress)),
        }
        return [
            path(address, self.admin_site.admin_view(view), name=f"sweeps_sweep_{name}")
            for name, (address, view) in pages.items()
        ] + super().get_urls()

    def ask(self, request: HttpRequest) -> HttpResponse:
        """Ask what to look for. Links bring along what they know, such as a domain."""
        access.require(request.user, Action.DECIDE_SIGNATURES)
        letters = access.visible(request.user, Action.DECIDE_SIGNATURES, Letter)
        form = QuestionForm(request.POST, letters=letters) if request.method == "POST" else None
        if form is not None and form.is_valid():
            sweep = flows.ask(form.question(), actor_id=_actor(request), now=clock.now())
            return redirect("admin:sweeps_sweep_change", sweep.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Look for signatures to sweep"),
            "opts": self.opts,
            "form": form or QuestionForm(initial=request.GET.dict(), letters=letters),
        }
        status = 200 if form is None else 422
        return TemplateResponse(request, "admin/sweeps/ask.html", context, status=status)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page of a sweep: what it found, what can be done, how far it is."""
        access.require(request.user, Action.DECIDE_SIGNATURES)
        sweep = self.get_object(request, object_id)
        if sweep is None:
            raise Http404
        access.require(request.user, Action.DECIDE_SIGNATURES, sweep)
        return self._show(request, sweep, BeginForm(size=sweep.size))

    def progress(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say how far a sweep is, for the script of its page."""
        sweep = self._sweep(request, pk)
        return JsonResponse({"state": sweep.state, **in_words.progress(sweep)})

    def act(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Carry out what was pressed on the page of a sweep."""
        sweep, act = self._sweep(request, pk), request.POST.get("act", "")
        form = BeginForm(request.POST, size=sweep.size)
        if act == "begin" and not form.is_valid():
            return self._show(request, sweep, form, status=422)
        acts: dict[str, Callable[[], object]] = {
            "begin": lambda: flows.begin(
                sweep_id=pk,
                to=form.cleaned_data["to"],
                reason=form.cleaned_data["why"],
                public_note=form.cleaned_data["public_note"],
                tells=form.cleaned_data["tells"],
                actor_id=_actor(request),
                now=clock.now(),
            ),
            "undo": lambda: flows.undo(
                sweep_id=pk, reason="", actor_id=_actor(request), now=clock.now()
            ),
            "discard": lambda: flows.discard(sweep_id=pk),
            "try_again": lambda: working.try_again(pk),
            **{
                name: partial(flow, sweep_id=pk, actor_id=_actor(request), now=clock.now())
                for name, flow in _ACTS.items()
            },
        }
        if act not in acts:
            messages.error(request, _("Nothing was chosen."))
            return redirect("admin:sweeps_sweep_change", pk)
        try:
            acts[act]()
        except flows.NeedsAnother:
            messages.error(request, _("Another moderator has to agree, not you yourself."))
        except flows.NotNow:
            messages.error(request, _("The sweep has changed meanwhile. Please look at it again."))
        if act == "discard":
            return redirect("admin:sweeps_sweep_changelist")
        return redirect("admin:sweeps_sweep_change", pk)

    def _show(
        self, request: HttpRequest, sweep: Sweep, form: BeginForm, status: int = 200
    ) -> HttpResponse:
        sample = _sample(sweep) if sweep.state in {_S.FOUND, _S.ASKED} else []
        left = Swept.objects.filter(
            sweep=sweep, outcome__in=[Swept.Outcome.LEFT, Swept.Outcome.KEPT]
        )
        context = {
            **self.admin_site.each_context(request),
            "title": _("Sweep of %(letter)s") % {"letter": sweep.letter},
            "opts": self.opts,
            "original": sweep,
            "sweep": sweep,
            "question": in_words.question(sweep),
            "what_happens": in_words.what_happens(sweep),
            "reason": in_words.reason(sweep),
            "progress": in_words.progress(sweep),
            "is_moving": sweep.state in _MOVING,
            "sample": sample,
            "preview": notices.preview(sample[0]) if sample else "",
            "left": [
                (one.signature, in_words.left(one))
                for one in left.select_related("signature").order_by("signature")[:_MOST_LISTED]
            ],
            "form": form,
            "needs_another": flows.needs_another(sweep, actor_id=_actor(request), now=clock.now()),
            "has_failed": sweep.failures >= working.MOST_FAILURES,
            "may_agree": sweep.state == _S.ASKED and sweep.begun_by_id != _actor(request),
            "can": {state.value: state in SWEEP_ARROWS[sweep.state] for state in _S},
        }
        return TemplateResponse(request, "admin/sweeps/sweep.html", context, status=status)

    def _sweep(self, request: HttpRequest, pk: int) -> Sweep:
        return access.get_object(
            request.user, Action.DECIDE_SIGNATURES, _with_names(Sweep.objects.all()), pk=pk
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Sweep]:
        return _with_names(super().get_queryset(request)).exclude(state=_S.DISCARDED)


_ACTS: dict[str, Callable[..., None]] = {
    "agree": flows.agree,
    "refuse": flows.refuse,
    "stop": flows.stop,
    "go_on": flows.go_on,
}


def _with_names(rows: QuerySet[Sweep]) -> QuerySet[Sweep]:
    return rows.select_related(
        "letter", "version", "asked_by", "begun_by", "agreed_by", "undone_by"
    )


def _sample(sweep: Sweep) -> list[Signature]:
    rows = Signature.objects.filter(pk__in=sweep.sample, erased_at=None).defer("email")
    return list(rows.select_related("letter", "translation__version").order_by("pk"))


def _actor(request: HttpRequest) -> int:
    return int(request.user.pk or 0)
