"""The moderation desk: find signatures, and hold, publish or remove them, always with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from openletter.accounts import access
from openletter.accounts.access import Action
from openletter.letters import asked_fields
from openletter.lib.admin.code_filters import CodeFilter
from openletter.lib.admin.edit_forms import EditForm
from openletter.lib.db import clock
from openletter.moderation.history import Recorded
from openletter.moderation.queue import (
    ChangedMeanwhile,
    Decision,
    DecisionRefused,
    QueueAdmin,
)
from openletter.signatures import decisions, desk_search, held_reasons
from openletter.signatures.abuse import flags
from openletter.signatures.desk import many, rule_trial_page, views
from openletter.signatures.models import SEARCHED, UNCONFIRMED, Signature
from openletter.signatures.templatetags.signatures import beside_name

_S = Signature.State
# What is in the list, or can come (back) into it.
_LISTED = {_S.PUBLISHED, _S.HELD, _S.REMOVED}
# What a new search replaces in the address of the list.
_OF_A_SEARCH = {"q", "address", "p"}


class AddressFilter(admin.SimpleListFilter):
    """The signatures of one address, by its keyed hash: the address itself stands in no URL."""

    title = _("e-mail address")
    parameter_name = "address"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        value = request.GET.get(self.parameter_name)
        return [] if value is None else [(value, _("the address you searched for"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value() or ""
        if value == desk_search.PART_OF_AN_ADDRESS:
            return queryset.none()
        if not desk_search.is_key(value):
            raise IncorrectLookupParameters(self.parameter_name)
        return queryset.filter(email_key=bytes.fromhex(value))


class FlagFilter(CodeFilter):
    title = _("suspicion")
    parameter_name = "flag"

    def words(self) -> Mapping[str, Any]:
        return flags.MEANINGS

    def having(self, rows: QuerySet[Any], code: str) -> QuerySet[Any]:
        # In the index are only those that have any.
        return rows.exclude(flags=[]).filter(flags__contains=[code])


class ReasonFilter(CodeFilter):
    title = _("held because")
    parameter_name = "because"
    column = "held_because"

    def words(self) -> Mapping[str, Any]:
        return held_reasons.all_reasons()

    def having(self, rows: QuerySet[Any], code: str) -> QuerySet[Any]:
        return super().having(rows.exclude(held_because=""), code)


class PlaceForm(EditForm[Signature]):
    """The one thing that staff type about a signature: its place among the first."""

    def clean_first_position(self) -> int | None:
        place: int | None = self.cleaned_data["first_position"]
        signature = self.instance
        if place is not None and not (signature.state in _LISTED and signature.name):
            raise forms.ValidationError(
                _(
                    "Only signatures that are confirmed, and neither withdrawn nor erased, can have"
                    " a place among the first."
                )
            )
        return place


@admin.register(Signature)
class SignatureAdmin(Recorded, QueueAdmin[Signature]):
    recorded_as = "signature"
    decisions = (
        Decision(_S.PUBLISHED, _("Publish"), _("These signatures will be counted and shown:")),
        Decision(
            _S.HELD, _("Hold"), _("These will not be counted or shown until somebody decides:")
        ),
        Decision(
            _S.REMOVED,
            _("Remove"),
            _("These will be neither counted nor shown. This can be undone:"),
            offer="admin/signatures/tells.html",
        ),
    )
    form = PlaceForm
    change_form_template = "admin/signatures/signature/change_form.html"
    entry_template = "admin/signatures/entry.html"
    list_display = (
        "who_signed", "state", "suspect", "why_held", "comment_folded", "letter", "created_at",
    )  # fmt: skip
    list_filter = (
        "state", "letter", "created_at", "kind", ReasonFilter, FlagFilter, AddressFilter,
    )  # fmt: skip
    list_select_related = ("letter",)
    search_fields = SEARCHED
    search_column = "search_text"
    search_help_text = _(
        "Part of the name, the title or the affiliation, or a complete e-mail address. To search"
        " for people who have not confirmed yet, choose that state first."
    )
    # The order of its indexes; in any other, all rows would be sorted for each page.
    ordering = ("-created_at", "-pk")
    sortable_by = ("created_at",)
    # A place is given to the words that were shown.
    watched = ("revision",)
    date_hierarchy = None
    # The address is encrypted and not shown: moderators judge names, and search by a whole address.
    fields = (
        "letter", "text", "kind", "name", "represented_by", *asked_fields.NAMES, "show_name",
        "wants_updates", "state", "why_held", "suspect", "created_at", "confirmed_at",
        "first_position",
    )  # fmt: skip

    @admin.display(description=_("name, title, affiliation, country"))
    def who_signed(self, signature: Signature) -> str:
        """As the public sees it."""
        if signature.erased_at is not None:
            return str(_("(erased)"))
        about = beside_name(signature)
        return format_html("<bdi>{}</bdi>{}", signature.name, about)

    @admin.display(description=_("comment"))
    def comment_folded(self, signature: Signature) -> str:
        return _part("admin/signatures/comment.html", signature)

    @admin.display(description=_("held because"))
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

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kw: Any) -> Any:
        context["entries"] = self.entries_for(request, context.get("original"))
        return super().render_change_form(request, context, *args, **kw)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [str(field) for field in self.fields if field != "first_position"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Signature]:
        return super().get_queryset(request).defer("email")  # not shown, so not decrypted

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search those who confirmed, who are in the index; others only if they are asked for."""
        state = request.GET.get("state__exact")
        if state not in UNCONFIRMED:
            queryset = queryset.filter(confirmed_at__isnull=False)
        elif search_term.strip():
            before = desk_search.searched_since(state)
            if before:
                queryset = queryset.filter(created_at__gte=before)
                self._say_not_all_searched(request)
        return super().get_search_results(request, queryset, search_term)

    def _say_not_all_searched(self, request: HttpRequest) -> None:
        text = _(
            "More than %(number)s signatures are in this state. Only the newest %(number)s of them"
            " were searched. An e-mail address is always found."
        )
        messages.warning(request, text % {"number": desk_search.MOST_UNCONFIRMED})

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("queue/", view(views.page), name="signatures_signature_queue"),
            path("queue/card/", view(views.card), name="signatures_signature_card"),
            path("try-rule/", view(rule_trial_page.page), name="signatures_signature_try_rule"),
            path("queue/many/", view(many.page), name="signatures_signature_many"),
            path("queue/many/undo/", view(many.undo), name="signatures_signature_many_undo"),
            path("queue/undo/", view(views.undo), name="signatures_signature_undo"),
            *super().get_urls(),
        ]

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return access.may(request.user, Action.DECIDE_SIGNATURES)

    def decidable(self, request: HttpRequest, rows: QuerySet[Signature]) -> QuerySet[Signature]:
        return access.visible(request.user, Action.DECIDE_SIGNATURES, rows)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Take the search by POST, so that an address typed there never stands in a URL."""
        # Before anything is said about an address.
        access.require(request.user, Action.SEE_SIGNATURES)
        if request.method == "POST" and "search" in request.POST:
            kept = {name: request.GET[name] for name in request.GET if name not in _OF_A_SEARCH}
            query = urlencode(kept | desk_search.query_for(request.POST["search"]))
            return redirect(f"{request.path}?{query}" if query else request.path)
        searched = desk_search.sentence_for(request.GET)
        return super().changelist_view(request, {"searched": searched, **(extra_context or {})})

    def can_be_decided(self, rows: QuerySet[Signature], decision: Decision) -> QuerySet[Signature]:
        return decisions.possible(rows, to=Signature.State(decision.name))

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
            decisions.decide(
                signature_id=chosen.pk,
                revision=chosen.revision,
                seen=Signature.State(chosen.state),
                to=Signature.State(decision.name),
                actor_id=request.user.pk,
                reason=reason,
                now=clock.now(),
                tells="tells" in request.POST,
            )
        except decisions.ChangedMeanwhile as problem:
            raise ChangedMeanwhile from problem
        except decisions.NotAllowed as problem:
            raise DecisionRefused from problem


def _part(template: str, signature: Signature) -> str:
    return render_to_string(template, {"signature": signature, "one": signature})
