"""The outbox in the admin: what is owed, sent and refused, never to whom."""

from __future__ import annotations

from django.contrib import admin

from openletter.lib.staff import ReadOnlyAdmin
from openletter.mail.models import OutgoingMail


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin[OutgoingMail]):
    list_display = ("id", "kind", "lane", "state", "due_at", "sent_at", "attempts", "error")
    list_filter = ("state", "lane", "kind")
    fields = (
        "kind", "language", "lane", "state", "first_due_at", "due_at", "lease_until", "tried_at",
        "sent_at", "attempts", "error",
    )  # fmt: skip
    ordering = ("-id",)
    show_full_result_count = False
