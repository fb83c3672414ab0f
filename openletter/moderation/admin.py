"""Moderation in the admin: the audit record, to read only, and sources that staff know."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from openletter.lib import clock
from openletter.lib.staff import ModelAdmin, ReadOnlyAdmin
from openletter.moderation import audit, listings
from openletter.moderation.listing_forms import ListingForm
from openletter.moderation.models import AuditEntry, Listing


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin[AuditEntry]):
    list_display = ("at", "actor", "action", "object_kind", "object_id", "reason")
    list_filter = ("action", "object_kind", "at")
    search_fields = ("object_id", "reason")
    list_select_related = ("actor",)
    show_full_result_count = False


@admin.register(Listing)
class ListingAdmin(ModelAdmin[Listing]):
    """Trust a university's network, or watch a domain; on record, and in effect within seconds."""

    form = ListingForm
    list_display = ("kind", "source", "verdict", "reason", "created_at")
    list_filter = ("kind", "verdict")
    ordering = ("-created_at",)
    actions = None  # one at a time: each is recorded

    @admin.display(description=_("which"))
    def source(self, listing: Listing) -> str:
        if listing.kind == Listing.Kind.ADDRESS:
            return f"… {listing.value[:12]}"  # a hash: the address itself is not kept
        return listing.value

    def save_model(self, request: HttpRequest, obj: Listing, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        self._record(request, obj, "change listing" if change else "list source")

    def delete_model(self, request: HttpRequest, obj: Listing) -> None:
        self._record(request, obj, "forget source")
        super().delete_model(request, obj)
        listings.forget()

    def _record(self, request: HttpRequest, listing: Listing, action: str) -> None:
        audit.record(
            actor_id=request.user.pk,
            action=action,
            object_kind="listing",
            object_id=listing.pk,
            reason=listing.reason,
            now=clock.now(),
            after={"kind": listing.kind, "verdict": listing.verdict},
        )
        listings.forget()
