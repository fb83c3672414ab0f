"""What the audit record says of an object: on its page "History", before what the admin noted.

A package's admin inherits `Recorded` and says as what its objects stand on the record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.module_loading import import_string

from openletter.lib.admin.permissions import Desk
from openletter.moderation import audit
from openletter.moderation.audit_words import action_of, actor_of, of_facts, reason_of
from openletter.moderation.models import AuditEntry

_MOST_SHOWN = 500
# Who tells of acts on many objects at once, of which the record has one entry: by kind of object,
# in a package above that is not imported here.
_ALSO = {"signature": "openletter.sweeps.on_record.entries_about"}

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Any]
else:
    _Base = object


class Recorded(_Base):
    """An admin whose objects stand on the audit record, by `record_key` as a `recorded_as`."""

    recorded_as: ClassVar[str] = ""
    record_key: ClassVar[str] = "public_id"
    object_history_template = "admin/moderation/history.html"

    def recorded(self, obj: Any) -> tuple[str, object]:
        """Return the kind and the id under which acts on an object are recorded."""
        return self.recorded_as, getattr(obj, self.record_key)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        found = self.get_object(request, unquote(object_id))
        extra = {**(extra_context or {}), "entries": self.entries_for(request, found)}
        return super().history_view(request, object_id, extra)

    def entries_for(self, request: HttpRequest, obj: Model | None) -> list[dict[str, object]]:
        """Return in words what the record says of an object, if the reader may see it."""
        desk = cast("Desk", self.admin_site)
        if obj is None or not desk.may(request.user, "history", AuditEntry, obj):
            return []
        return [_in_words(entry) for entry in self._entries(obj)]

    def _entries(self, obj: Any) -> list[AuditEntry]:
        kind, key = self.recorded(obj)
        entries = audit.entries_about(kind, key).select_related("actor").order_by("at", "pk")
        return sorted([*entries[:_MOST_SHOWN], *_also_about(kind, key)], key=lambda one: one.at)


def _also_about(kind: str, key: object) -> list[AuditEntry]:
    """Return what packages above know of acts on many objects, in entries that are not stored.

    Such an entry names the object that it is the page of.
    """
    found = _ALSO.get(kind)
    return list(import_string(found)(key)) if found else []


def _page_of(entry: AuditEntry) -> str:
    """Return the page of an entry; of one that is not stored, the page of its object."""
    found = object_of(entry) if entry._state.adding else None
    if found is None:
        return reverse("admin:moderation_auditentry_change", args=[entry.pk])
    desk, row = found
    name = f"admin:{desk.opts.app_label}_{desk.opts.model_name}_change"
    return reverse(name, args=[row.pk])


def _in_words(entry: AuditEntry) -> dict[str, object]:
    return {
        "pk": entry.pk,
        "page": _page_of(entry),
        "at": entry.at,
        "who": actor_of(entry),
        "what": action_of(entry),
        "reason": reason_of(entry),
        "was": of_facts(entry.before),
        "became": of_facts(entry.after),
    }


def desk_of(kind: str) -> Recorded | None:
    """Return the admin of what is recorded as a kind of object, if there is one."""
    desks: list[Any] = list(admin.site._registry.values())
    return next((desk for desk in desks if getattr(desk, "recorded_as", "") == kind != ""), None)


def object_of(entry: AuditEntry) -> tuple[Recorded, Model] | None:
    """Return what an entry is about, and its admin; None if it has no page, or is gone."""
    desk = desk_of(entry.object_kind)
    if desk is None:
        return None
    try:
        row = desk.model._base_manager.filter(**{desk.record_key: entry.object_id}).first()
    except (ValidationError, ValueError):
        return None
    return None if row is None else (desk, row)
