"""Updates in the admin: write news on a letter, see it, publish it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from openletter.letters import asking, updates
from openletter.letters.flows import NotPossible
from openletter.letters.forms import ActForm, UpdateTextForm
from openletter.letters.models import Update, UpdateText
from openletter.lib import clock
from openletter.lib.staff import ModelAdmin, StackedInline


def _is_draft(update: Update | None) -> bool:
    return update is None or update.published_at is None


class UpdateTextInline(StackedInline[UpdateText, Update]):
    model = UpdateText
    form = UpdateTextForm
    extra = 0
    min_num = 1

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_draft(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_draft(obj) and super().has_delete_permission(request, obj)


@admin.register(Update)
class UpdateAdmin(ModelAdmin[Update]):
    """A draft can be edited; a published update only gains languages it did not have."""

    inlines = (UpdateTextInline,)
    list_display = ("letter", "number", "published_at")
    list_filter = ("letter",)
    list_select_related = ("letter",)
    search_fields = ("texts__title",)
    fields = ("letter", "number", "published_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("number", "published_at", *(("letter",) if obj is not None else ()))

    def has_delete_permission(self, request: HttpRequest, obj: Update | None = None) -> bool:
        return obj is not None and _is_draft(obj) and super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Update, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
        else:
            updates.begin(obj)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("preview/", view(self.preview), name="letters_update_preview"),
            path("<int:pk>/publish/", view(self.publish), name="letters_update_publish"),
            *super().get_urls(),
        ]

    def preview(self, request: HttpRequest) -> HttpResponse:
        """Show the texts as typed, saved or not, the way readers would see them."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied
        context = {"texts": asking.typed_texts(request, "texts"), "is_update": True}
        return TemplateResponse(request, "admin/letters/preview.html", context)

    def publish(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask once more, then let anybody read the update."""
        update = get_object_or_404(Update, pk=pk)
        if not self.has_change_permission(request, update):
            raise PermissionDenied
        back = reverse("admin:letters_update_change", args=[pk])
        form = ActForm(request.POST or None)
        del form.fields["reason"]
        if request.method == "POST":
            try:
                updates.publish(update_id=pk, actor_id=request.user.pk, now=clock.now())
                messages.success(
                    request, _("The update is published. No e-mail has been sent yet.")
                )
            except NotPossible as problem:
                messages.error(request, str(problem))
            return redirect(back)
        question = _(
            "It will stand on the letter's page for everyone and cannot be changed any more."
            " Nobody gets an e-mail yet."
        )
        return asking.ask(self, request, update, _("Publish"), question, form, back)
