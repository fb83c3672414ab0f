"""The ledger in the admin, to read only."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext as _

from openletter.ledger.models import LedgerEntry
from openletter.lib.admin.pages import ModelAdmin


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ModelAdmin[LedgerEntry]):
    list_display = ("letter", "index", "kind", "at", "count")
    list_filter = ("letter", "kind")
    list_select_related = ("letter",)
    # As the lines lie in their index, backwards.
    ordering = ("-letter_id", "-index")
    sortable_by = ()

    def heading(self, obj: LedgerEntry) -> str:
        place = {"letter": obj.letter, "index": obj.index, "kind": obj.get_kind_display()}
        return _("%(letter)s, entry %(index)s: %(kind)s") % place
