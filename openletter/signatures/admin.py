"""The moderation desk: find signatures, and hold, publish or remove them, always with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from openletter.lib import clock
from openletter.lib.code_filters import CodeFilter
from openletter.lib.staff import ReadOnlyAdmin
from openletter.moderation.queue import (
    ChangedMeanwhile,
    Decision,
    DecisionRefused,
    QueueAdmin,
)
from openletter.signatures import desk_search, flags, flows, held_reasons
from openletter.signatures import mailing_admin as mailing_admin  # registers itself
from openletter.signatures.models import SEARCHED, LedgerEntry, Signature

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


class FlagFilter(CodeFilter):
    title = _("suspicion")
    parameter_name = "flag"

    def words(self) -> Mapping[str, Any]:
        return flags.MEANINGS

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(flags__contains=[self.value()]) if self.value() else queryset


class ReasonFilter(CodeFilter):
    title = _("held because")
    parameter_name = "because"
    column = "held_because"

    def words(self) -> Mapping[str, Any]:
        return held_reasons.all_reasons()


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
    entry_template = "admin/signatures/entry.html"
    list_display = (
        "who_signed", "comment_folded", "state", "why_held", "suspect", "letter", "created_at",
    )  # fmt: skip
    list_filter = (
        "state", "letter", "created_at", "kind", ReasonFilter, FlagFilter, AddressFilter,
    )  # fmt: skip
    list_select_related = ("letter",)
    search_fields = SEARCHED
    searched = (SEARCHED,)
    search_help_text = _(
        "A part of the name, the title or the affiliation, or one whole e-mail address."
    )
    ordering = ("-created_at", "-pk")
    # A place is given to the words that were shown.
    watched = ("revision",)
    date_hierarchy = None
    # The address is encrypted and not shown: moderators judge names, and search by a whole address.
    fields = (
        "letter", "text", "kind", "name", "represented_by", "title", "affiliation", "country",
        "comment", "show_name", "wants_updates", "state", "why_held", "suspect", "created_at",
        "confirmed_at", "first_position",
    )  # fmt: skip

    @admin.display(description=_("name, title, affiliation, country"), ordering="name")
    def who_signed(self, signature: Signature) -> str:
        """As the public sees it."""
        if signature.erased_at is not None:
            return str(_("(erased)"))
        about = _part("components/signature_about.html", signature)
        return format_html("<bdi>{}</bdi>{}", signature.name, about)

    @admin.display(description=_("comment"))
    def comment_folded(self, signature: Signature) -> str:
        return _part("admin/signatures/comment.html", signature)

    @admin.display(description=_("held because"), ordering="held_because")
    def why_held(self, signature: Signature) -> str:
        return held_reasons.in_words(signature.held_because) or "–"

    @admin.display(description=_("what makes it suspect"))
    def suspect(self, signature: Signature) -> str:
        return flags.in_words(signature.flags) or "–"

    @admin.display(description=_("text"))
    def text(self, signature: Signature) -> str:
        text = signature.translation
        return _("%(version)s, %(language)s") % {"version": text.version, "language": text}

    def heading(self, obj: Signature) -> str:
        return obj.name if obj.erased_at is None else str(_("(erased)"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [str(field) for field in self.fields if field != "first_position"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Signature]:
        return super().get_queryset(request).defer("email")  # not shown, so not decrypted

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # nobody signs for somebody else

    def has_delete_permission(self, request: HttpRequest, obj: Signature | None = None) -> bool:
        return False  # removal is a state, and can be undone

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Take the search by POST, so that an address typed there never stands in a URL."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied  # before anything is said about an address
        if request.method == "POST" and "search" in request.POST:
            query = urlencode(desk_search.query_for(request.POST["search"]))
            return redirect(f"{request.path}?{query}" if query else request.path)
        return super().changelist_view(request, extra_context)

    def shown(self, one: Signature) -> str:
        return f"{one.revision}.{one.state}"

    def judge(
        self,
        request: HttpRequest,
        chosen: Signature,
        decision: Decision,
        reason: str,
        shown: str,
    ) -> None:
        if shown != self.shown(chosen):  # or it was not shown at all
            raise ChangedMeanwhile
        try:
            flows.decide(
                signature_id=chosen.pk,
                revision=chosen.revision,
                seen=Signature.State(chosen.state),
                to=Signature.State(decision.name),
                actor_id=request.user.pk,
                reason=reason,
                now=clock.now(),
            )
        except flows.ChangedMeanwhile as problem:
            raise ChangedMeanwhile from problem
        except flows.NotAllowed as problem:
            raise DecisionRefused from problem


def _part(template: str, signature: Signature) -> str:
    return render_to_string(template, {"signature": signature, "one": signature})


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin[LedgerEntry]):
    list_display = ("letter", "index", "kind", "at", "count")
    list_filter = ("letter", "kind")
    list_select_related = ("letter",)
    ordering = ("letter", "-index")
    show_full_result_count = False

    def heading(self, obj: LedgerEntry) -> str:
        place = {"letter": obj.letter, "index": obj.index, "kind": obj.get_kind_display()}
        return _("%(letter)s, entry %(index)s: %(kind)s") % place
