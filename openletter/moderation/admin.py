"""Moderation in the admin: the audit record, to read only, and sources that staff know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from openletter.lib.admin.code_filters import CodeFilter
from openletter.lib.admin.pages import ModelAdmin
from openletter.lib.db import clock
from openletter.moderation import audit, source_lists
from openletter.moderation.audit_words import ACTIONS, OBJECTS, of_facts
from openletter.moderation.models import AuditEntry, ListedSource
from openletter.moderation.source_forms import ListedSourceForm


class ActionFilter(CodeFilter):
    title = _("action")
    parameter_name = "act"
    column = "action"

    def words(self) -> Mapping[str, Any]:
        return ACTIONS


class ObjectFilter(CodeFilter):
    title = _("object")
    parameter_name = "about"
    column = "object_kind"

    def words(self) -> Mapping[str, Any]:
        return OBJECTS


@admin.register(AuditEntry)
class AuditEntryAdmin(ModelAdmin[AuditEntry]):
    list_display = ("at", "who", "what", "on_what", "reason", "object_id")
    list_filter = (ActionFilter, ObjectFilter, "at")
    search_fields = ("object_id", "reason")
    list_select_related = ("actor",)
    fields = ("at", "who", "what", "on_what", "object_id", "reason", "was", "became")
    readonly_fields = ("who", "what", "on_what", "was", "became")

    @admin.display(description=_("actor"), ordering="actor")
    def who(self, entry: AuditEntry) -> str:
        return str(entry.actor or _("the site itself, or the signatory"))

    @admin.display(description=_("action"), ordering="action")
    def what(self, entry: AuditEntry) -> str:
        return str(ACTIONS.get(entry.action, entry.action))

    @admin.display(description=_("object"), ordering="object_kind")
    def on_what(self, entry: AuditEntry) -> str:
        return str(OBJECTS.get(entry.object_kind, entry.object_kind))

    @admin.display(description=_("before"))
    def was(self, entry: AuditEntry) -> str:
        return of_facts(entry.before)

    @admin.display(description=_("after"))
    def became(self, entry: AuditEntry) -> str:
        return of_facts(entry.after)

    def heading(self, obj: AuditEntry) -> str:
        return self.what(obj)


@admin.register(ListedSource)
class ListedSourceAdmin(ModelAdmin[ListedSource]):
    """Trust a university's network, or watch a domain; on record, and in effect within seconds."""

    form = ListedSourceForm
    list_display = ("kind", "source", "verdict", "reason", "created_at")
    list_filter = ("kind", "verdict")
    ordering = ("-created_at",)
    actions = None  # one at a time: each is recorded

    @admin.display(description=_("which"))
    def source(self, source: ListedSource) -> str:
        if source.kind == ListedSource.Kind.ADDRESS:
            return f"… {source.value[:12]}"  # a hash: the address itself is not kept
        return source.value

    def heading(self, obj: ListedSource) -> str:
        return self.source(obj)

    def save_model(self, request: HttpRequest, obj: ListedSource, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        self._record(request, obj, "change source" if change else "list source")

    def delete_model(self, request: HttpRequest, obj: ListedSource) -> None:
        self._record(request, obj, "forget source")
        super().delete_model(request, obj)
        source_lists.forget()

    def _record(self, request: HttpRequest, source: ListedSource, action: str) -> None:
        audit.record(
            actor_id=request.user.pk,
            action=action,
            object_kind="source",
            object_id=source.pk,
            reason=source.reason,
            now=clock.now(),
            after={"kind": source.kind, "verdict": source.verdict},
        )
        source_lists.forget()
