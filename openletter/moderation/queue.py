"""How a queue of things to judge behaves in the admin: choose, see what will happen, say why.

A package's admin inherits `QueueAdmin`, names its decisions, and judges one object at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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

from openletter.lib.admin.pages import M, ModelAdmin
from openletter.moderation.forms import DecisionForm

# Shown and decided by one press; and chosen at a time, to be decided portion by portion.
MOST_AT_ONCE = 200
MOST_IN_A_ROW = 2000
# The field with the keys of what waits for its turn.
WAITING = "waiting"


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
    entry_template: str  # shows all of `one` that a decision may rest on
    list_per_page = 50

    change_form_template = "admin/moderation/decidable.html"

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kw: Any) -> Any:
        """Offer on an object's own page what its list offers; both lead to the same question."""
        one = context.get("original")
        if one is not None and self.has_decide_permission(request):
            row = self.decidable(request, self.get_queryset(request).filter(pk=one.pk))
            context["decisions"] = [
                decision
                for decision in self.decisions
                if self.can_be_decided(row, decision).exists()
            ]
            context["action_checkbox_name"] = ACTION_CHECKBOX_NAME
        return super().render_change_form(request, context, *args, **kw)

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

    def can_be_decided(self, rows: QuerySet[M], decision: Decision) -> QuerySet[M]:
        """Return those of what is chosen that can be decided so; the rest is left out."""
        return rows

    def decidable(self, request: HttpRequest, rows: QuerySet[M]) -> QuerySet[M]:
        """Return those of what the reader sees that they may decide about."""
        return rows

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
        """Show the page that asks for the reason, or act on its answer.

        Everything chosen is shown before it is decided, so many come in portions: what waits for
        its turn is brought along by the page, and comes when the portion before it is decided.
        """
        if "decided" in request.POST:
            return self._decide_portion(request, decision)
        possible = self.can_be_decided(self.decidable(request, chosen), decision)
        keys = list(possible.values_list("pk", flat=True)[: MOST_IN_A_ROW + 1])
        if len(keys) > MOST_IN_A_ROW:
            text = _(
                "You selected %(number)s entries, but at most %(most)s can be decided in a row."
                " Nothing was changed. Please narrow the list with the filters first."
            ) % {"number": possible.count(), "most": MOST_IN_A_ROW}
            self.message_user(request, text, messages.ERROR)
            return None
        left_out = chosen.count() - len(keys)
        if left_out:
            self._say_left_out(request, left_out)
        elif not keys:
            self._say_nothing_changed(request)
        return self._ask(request, decision, keys) if keys else None

    def _decide_portion(self, request: HttpRequest, decision: Decision) -> HttpResponse | None:
        """Decide what the page showed, and go on with what waits."""
        keys = request.POST.getlist(ACTION_CHECKBOX_NAME)[:MOST_AT_ONCE]
        waiting = [key for key in request.POST.get(WAITING, "").split(",") if self.is_key(key)]
        form = DecisionForm(request.POST)
        if not form.is_valid():
            return self._ask(request, decision, [*keys, *waiting], form)
        reason = form.cleaned_data["reason"]
        changed = self._judge_each(request, self._in_order(request, keys), decision, reason, keys)
        if changed:
            return self._ask(request, decision, changed, form, has_changed=True, waiting=waiting)
        if waiting:
            return self._ask(request, decision, waiting, DecisionForm({"reason": reason}))
        return None

    def _ask(
        self,
        request: HttpRequest,
        decision: Decision,
        keys: Sequence[Any],
        form: DecisionForm | None = None,
        *,
        has_changed: bool = False,
        waiting: Sequence[Any] = (),
    ) -> HttpResponse:
        portion, waiting = keys[:MOST_AT_ONCE], [*keys[MOST_AT_ONCE:], *waiting]
        chosen = self._in_order(request, portion)
        context = {
            **self.admin_site.each_context(request),
            "title": decision.label,
            "decision": decision,
            "chosen": [(one, self.shown(one)) for one in chosen],
            "waiting": waiting,
            "waiting_name": WAITING,
            "waiting_keys": ",".join(str(key) for key in waiting[:MOST_IN_A_ROW]),
            "entry_template": self.entry_template,
            "has_changed": has_changed,
            "form": form or DecisionForm(),
            "opts": self.model._meta,
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/decide.html", context)

    def _in_order(self, request: HttpRequest, keys: Sequence[Any]) -> list[M]:
        """Return the objects with these keys as they are now, whatever the list's filters say."""
        rows = self.decidable(request, self.get_queryset(request)).filter(pk__in=keys)
        related = self.get_list_select_related(request)
        rows = rows.select_related(*related) if isinstance(related, (list, tuple)) else rows
        found = {str(one.pk): one for one in rows}
        return [found[str(key)] for key in keys if str(key) in found]

    def _judge_each(
        self,
        request: HttpRequest,
        chosen: Sequence[M],
        decision: Decision,
        reason: str,
        keys: Sequence[Any],
    ) -> list[Any]:
        """Decide what still is what was shown; return the keys of what is not."""
        done, refused = 0, len(set(keys)) - len(chosen)
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
            text = ngettext(
                "%(number)s entry was decided.", "%(number)s entries were decided.", done
            )
            self.message_user(request, text % {"number": done}, messages.SUCCESS)
        if refused:
            text = ngettext(
                "%(number)s entry could not be changed in this way and stays as it is.",
                "%(number)s entries could not be changed in this way and stay as they are.",
                refused,
            )
            self.message_user(request, text % {"number": refused}, messages.WARNING)
        if not (done or refused or changed):
            self._say_nothing_changed(request)
        return changed

    def _say_left_out(self, request: HttpRequest, number: int) -> None:
        text = ngettext(
            "%(number)s of the entries you selected cannot be changed in this way and was left"
            " out.",
            "%(number)s of the entries you selected cannot be changed in this way and were left"
            " out.",
            number,
        )
        self.message_user(request, text % {"number": number}, messages.WARNING)

    def _say_nothing_changed(self, request: HttpRequest) -> None:
        text = _("Nothing was changed: what you selected is no longer in this list.")
        self.message_user(request, text, messages.WARNING)


def _action(decision: Decision) -> Callable[[Any, HttpRequest, Any], HttpResponse | None]:
    def act(
        desk: QueueAdmin[Any], request: HttpRequest, chosen: QuerySet[Any]
    ) -> HttpResponse | None:
        return desk.decide(request, chosen, decision)

    return act
