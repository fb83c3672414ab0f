"""The audit record in the admin: to read, and only to read."""

from __future__ import annotations

from django.contrib import admin

from openletter.lib.staff import ReadOnlyAdmin
from openletter.moderation.models import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin[AuditEntry]):
    list_display = ("at", "actor", "action", "object_kind", "object_id", "reason")
    list_filter = ("action", "object_kind", "at")
    search_fields = ("object_id", "reason")
    list_select_related = ("actor",)
    show_full_result_count = False
