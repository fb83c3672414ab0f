"""The moderation desk: find signatures, and hold, publish or remove them, always with a reason."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from openletter.lib import clock
from openletter.lib.addresses import email_key
from openletter.lib.staff import ReadOnlyAdmin
from openletter.moderation.queue import Decision, DecisionRefused, QueueAdmin
from openletter.signatures import flags, flows
from openletter.signatures import mailing_admin as mailing_admin  # registers itself
from openletter.signatures.models import LedgerEntry, Signature

_S = Signature.State


class AddressFilter(admin.SimpleListFilter):
    """The signatures of one address, by its keyed hash: the address itself stands in no URL."""

    title = _("e-mail address")
    parameter_name = "address"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        value = request.GET.get(self.parameter_name)
        return [(value, _("the address you searched for"))] if value else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        try:
            return queryset.filter(email_key=bytes.fromhex(self.value() or ""))
        except ValueError:
            return queryset.none()


class FlagFilter(admin.SimpleListFilter):
    """The signatures that are suspect for one reason."""

    title = _("what makes it suspect")
    parameter_name = "flag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(flags.MEANINGS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(flags__contains=[self.value()]) if self.value() else queryset


@admin.register(Signature)
class SignatureAdmin(QueueAdmin[Signature]):
    decisions = (
        Decision(_S.PUBLISHED, _("Publish"), _("These signatures will be counted and shown:")),
        Decision(
            _S.HELD, _("Hold"), _("These will not be counted or shown until somebody decides:")
        ),
        Decision(
            _S.REMOVED,
            _("Remove"),
            _("These will be neither counted nor shown. This can be undone:"),
        ),
    )
    list_display = (
        "shown_name", "affiliation", "country", "letter", "state", "held_because", "suspect",
        "created_at",
    )  # fmt: skip
    list_filter = (
        "state", "letter", "created_at", "kind", "held_because", FlagFilter, AddressFilter,
    )  # fmt: skip
    list_select_related = ("letter",)
    search_fields = ("name",)
    search_help_text = _("A part of the name, or one whole e-mail address.")
    ordering = ("-created_at", "-pk")
    date_hierarchy = None
    # The address is encrypted and not shown: moderators judge names, and search by a whole address.
    fields = (
        "letter", "translation", "kind", "name", "title", "affiliation", "country", "comment",
        "show_name", "wants_updates", "state", "held_because", "suspect", "created_at",
        "confirmed_at", "first_position",
    )  # fmt: skip

    @admin.display(description=_("name"), ordering="name")
    def shown_name(self, signature: Signature) -> str:
        return signature.name if signature.erased_at is None else str(_("(erased)"))

    @admin.display(description=_("what makes it suspect"))
    def suspect(self, signature: Signature) -> str | None:
        return flags.in_words(signature.flags) or None

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [str(field) for field in self.fields if field != "first_position"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Signature]:
        return super().get_queryset(request).defer("email")  # not shown, so not decrypted

    def save_model(self, request: HttpRequest, obj: Signature, form: Any, change: bool) -> None:
        # Only the place is edited here; the row may have been decided or withdrawn meanwhile.
        obj.save(update_fields=["first_position"])

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # nobody signs for somebody else

    def has_delete_permission(self, request: HttpRequest, obj: Signature | None = None) -> bool:
        return False  # removal is a state, and can be undone

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Take the search by POST, so that an address typed there never stands in a URL."""
        if request.method == "POST" and "search" in request.POST:
            words = request.POST["search"].strip()
            if "@" in words:
                query = {"address": email_key(words).hex()}
            else:
                query = {"q": words} if words else {}
            return redirect(f"{request.path}?{urlencode(query)}")
        return super().changelist_view(request, extra_context)

    def judge(
        self, request: HttpRequest, chosen: Signature, decision: Decision, reason: str
    ) -> None:
        try:
            flows.decide(
                signature_id=chosen.pk,
                to=Signature.State(decision.name),
                actor_id=request.user.pk,
                reason=reason,
                now=clock.now(),
            )
        except flows.NotAllowed as problem:
            raise DecisionRefused from problem


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin[LedgerEntry]):
    list_display = ("letter", "index", "kind", "at", "count")
    list_filter = ("letter", "kind")
    list_select_related = ("letter",)
    ordering = ("letter", "-index")
    show_full_result_count = False
