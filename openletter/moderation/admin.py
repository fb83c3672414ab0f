"""Moderation in the admin: the audit record, to read only, and sources that staff know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from openletter.lib.admin.code_filters import CodeFilter
from openletter.lib.admin.pages import ModelAdmin
from openletter.moderation import source_lists, watched_names
from openletter.moderation.audit_words import (
    ACTIONS,
    OBJECTS,
    action_of,
    actor_of,
    of_facts,
    reason_of,
)
from openletter.moderation.forms import WatchedNameForm
from openletter.moderation.history import desk_of, object_of
from openletter.moderation.lists_in_force import ListInForce
from openletter.moderation.models import AuditEntry, ListedSource, WatchedName
from openletter.moderation.rule_settings.admin import RuleSettingAdmin
from openletter.moderation.source_forms import ListedSourceForm

__all__ = ["RuleSettingAdmin"]  # Django imports this module only
_SHORT = 20  # a number or a name; what is longer is a UUID or a hash


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
    list_display = ("at", "who", "what", "on_what", "why")
    list_filter = (ActionFilter, ObjectFilter, "at")
    search_fields = ("object_id", "reason")
    list_select_related = ("actor",)
    fields = ("at", "who", "what", "on_what", "object_id", "why", "was", "became")
    readonly_fields = ("who", "what", "on_what", "why", "was", "became")

    @admin.display(description=_("actor"), ordering="actor")
    def who(self, entry: AuditEntry) -> str:
        return actor_of(entry)

    @admin.display(description=_("action"), ordering="action")
    def what(self, entry: AuditEntry) -> str:
        return action_of(entry)

    @admin.display(description=_("object"), ordering="object_kind")
    def on_what(self, entry: AuditEntry) -> str:
        """Lead to its page; the end of its id tells two of a kind apart."""
        kind = OBJECTS.get(entry.object_kind, entry.object_kind)
        ident = entry.object_id
        which = f"… {ident[-12:]}" if len(ident) > _SHORT else ident
        if desk_of(entry.object_kind) is None:
            return format_html('{}<br><span class="quiet">{}</span>', kind, which)
        page = reverse("admin:moderation_auditentry_object", args=[entry.pk])
        words = '<a href="{}">{}</a><br><span class="quiet">{}</span>'
        return format_html(words, page, kind, which)

    @admin.display(description=_("reason"), ordering="reason")
    def why(self, entry: AuditEntry) -> str:
        return reason_of(entry)

    @admin.display(description=_("before"))
    def was(self, entry: AuditEntry) -> str:
        return of_facts(entry.before)

    @admin.display(description=_("after"))
    def became(self, entry: AuditEntry) -> str:
        return of_facts(entry.after)

    def heading(self, obj: AuditEntry) -> str:
        return self.what(obj)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.object_page)
        name = "moderation_auditentry_object"
        return [path("<int:pk>/object/", view, name=name), *super().get_urls()]

    def object_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Lead to what an entry is about, if that still is there."""
        if not self.has_view_permission(request):
            return self.change_view(request, str(pk))  # which refuses as for any entry
        entry = get_object_or_404(AuditEntry, pk=pk)
        found = object_of(entry)
        if found is None:
            messages.warning(request, _("What this entry is about is no longer there."))
            return redirect("admin:moderation_auditentry_change", pk)
        desk, row = found
        return redirect(f"admin:{desk.opts.app_label}_{desk.opts.model_name}_change", row.pk)


@admin.register(ListedSource)
class ListedSourceAdmin(ListInForce[ListedSource]):
    """Trust a university's network, or watch a domain."""

    recorded_as = "source"
    acts = ("list source", "change source", "forget source")

    form = ListedSourceForm
    list_display = ("kind", "source", "verdict", "reason", "created_at")
    list_filter = ("kind", "verdict")

    @admin.display(description=_("which"))
    def source(self, source: ListedSource) -> str:
        if source.kind == ListedSource.Kind.ADDRESS:
            return f"… {source.value[:12]}"  # a hash: the address itself is not kept
        return source.value

    def heading(self, obj: ListedSource) -> str:
        return self.source(obj)

    def forget(self) -> None:
        source_lists.forget()

    def on_record(self, obj: ListedSource) -> dict[str, Any]:
        return {"reason": obj.reason, "after": {"kind": obj.kind, "verdict": obj.verdict}}


@admin.register(WatchedName)
class WatchedNameAdmin(ListInForce[WatchedName]):
    """Watch the names that others like to forge."""

    recorded_as = "watched name"
    acts = ("watch name", "change watched name", "forget watched name")

    form = WatchedNameForm
    list_display = ("name", "letter", "whom_to_ask", "created_at")
    list_select_related = ("letter",)
    search_fields = ("name",)

    def heading(self, obj: WatchedName) -> str:
        return obj.name

    def forget(self) -> None:
        watched_names.forget()
