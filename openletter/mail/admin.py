"""The outbox in the admin: what is owed, sent and refused, never to whom."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from openletter.lib.admin.code_filters import CodeFilter
from openletter.lib.admin.pages import ModelAdmin
from openletter.mail.models import OutgoingMail
from openletter.mail.outbox.kinds import label_of
from openletter.mail.personal import ERASED
from openletter.mail.transport.smtp_replies import SUPPRESSED
from openletter.mail_kinds import MAILS


class KindFilter(CodeFilter):
    title = _("kind")
    parameter_name = column = "kind"

    def words(self) -> Mapping[str, str]:
        return {kind: label_of(kind) for kind in MAILS}


_OWN_WORDS = {
    ERASED: _("erased"),
    SUPPRESSED.error: _("the address takes no such mail"),
}


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ModelAdmin[OutgoingMail]):
    list_display = ("what", "lane", "state", "due_at", "sent_at", "attempts", "failed_with")
    list_filter = ("state", "lane", KindFilter)
    fields = (
        "what", "id", "language", "lane", "state", "first_due_at", "due_at", "lease_until",
        "tried_at", "sent_at", "attempts", "failed_with",
    )  # fmt: skip
    readonly_fields = ("what", "failed_with")
    ordering = ("-id",)  # by time; in any other order all rows would be sorted for each page
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutgoingMail]:
        """Say of due mails what their index says too, or all that ever left is read for a few."""
        mails = super().get_queryset(request)
        is_due = request.GET.get("state__exact") == OutgoingMail.State.DUE
        return mails.filter(kind__gt="") if is_due else mails

    @admin.display(description=_("kind"))
    def what(self, mail: OutgoingMail) -> str:
        return label_of(mail.kind)

    @admin.display(description=_("last error"), ordering="error")
    def failed_with(self, mail: OutgoingMail) -> str:
        """In the reader's language what the site says itself; a server's words as they are."""
        said = _OWN_WORDS.get(mail.error)
        return mail.error if said is None else str(said)

    def heading(self, obj: OutgoingMail) -> str:
        return self.what(obj)
