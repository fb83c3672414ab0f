"""How a queue of things to judge behaves in the admin: choose, see what will happen, say why.

A package's admin inherits `QueueAdmin`, names its decisions, and judges one object at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openletter.lib.staff import M, ModelAdmin
from openletter.moderation.forms import DecisionForm

MOST_AT_ONCE = 200


class DecisionRefused(Exception):
    """This object cannot be decided so."""


class ChangedMeanwhile(Exception):
    """It is not what the moderator saw any more."""


@dataclass(frozen=True)
class Decision:
    """A thing a moderator may do to what is chosen."""

    name: str
    label: str | Promise
    question: str | Promise


class QueueAdmin(ModelAdmin[M]):
    """Decisions as actions, each through a page that lists what is chosen and asks for a reason."""

    decisions: tuple[Decision, ...] = ()
    show_full_result_count = False
    list_per_page = 50

    def shown(self, one: M) -> str:
        """Return what an object looked like; the page sends it back, to tell whether it changed."""
        raise NotImplementedError

    def judge(
        self, request: HttpRequest, chosen: M, decision: Decision, reason: str, shown: str
    ) -> None:
        """Carry out a decision for one object in one transaction; `shown` is what the page sent.

        May raise `DecisionRefused` or `ChangedMeanwhile`.
        """
        raise NotImplementedError

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        # No "delete selected": nothing is deleted by a moderator.
        if not self.has_decide_permission(request):
            return {}
        return {
            decision.name: (_action(decision), decision.name, decision.label)
            for decision in self.decisions
        }

    def decide(
        self, request: HttpRequest, chosen: QuerySet[M], decision: Decision
    ) -> HttpResponse | None:
        """Show the page that asks for the reason, or act on its answer."""
        number = chosen.count()
        if number > MOST_AT_ONCE:
            text = _("Please choose at most %(most)s at a time.") % {"most": MOST_AT_ONCE}
            self.message_user(request, text, messages.ERROR)
            return None
        form = DecisionForm(request.POST if "decided" in request.POST else None)
        changed: list[Any] = []
        if form.is_valid():
            changed = self._judge_each(request, chosen, decision, form.cleaned_data["reason"])
            if not changed:
                return None
            chosen = chosen.all().filter(pk__in=changed)  # read again, as they are now
        context = {
            **self.admin_site.each_context(request),
            "title": decision.label,
            "decision": decision,
            "chosen": [(one, self.shown(one)) for one in chosen],
            "has_changed": bool(changed),
            "form": form,
            "opts": self.model._meta,
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/decide.html", context)

    def _judge_each(
        self, request: HttpRequest, chosen: QuerySet[M], decision: Decision, reason: str
    ) -> list[Any]:
        """Decide what still is what was shown; return the keys of what is not."""
        done = refused = 0
        changed = []
        for one in chosen:
            try:
                shown = request.POST.get(f"shown-{one.pk}", "")
                self.judge(request, one, decision, reason, shown)
                done += 1
            except DecisionRefused:
                refused += 1
            except ChangedMeanwhile:
                changed.append(one.pk)
        if done:
            text = ngettext("%(number)s was decided.", "%(number)s were decided.", done)
            self.message_user(request, text % {"number": done}, messages.SUCCESS)
        if refused:
            text = ngettext(
                "%(number)s could not be changed in this way and stays as it is.",
                "%(number)s could not be changed in this way and stay as they are.",
                refused,
            )
            self.message_user(request, text % {"number": refused}, messages.WARNING)
        return changed


def _action(decision: Decision) -> Callable[[Any, HttpRequest, Any], HttpResponse | None]:
    def act(
        desk: QueueAdmin[Any], request: HttpRequest, chosen: QuerySet[Any]
    ) -> HttpResponse | None:
        return desk.decide(request, chosen, decision)

    return act
