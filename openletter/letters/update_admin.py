"""Updates in the admin: write news on a letter, see it, publish it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from openletter.letters import asking, fingerprints, updates
from openletter.letters.asking import Question
from openletter.letters.forms import UpdateTextForm
from openletter.letters.models import Update, UpdateText
from openletter.letters.text_admin import TextsAdmin, TextsInline
from openletter.lib import clock

# What the buttons lead to. The last two send mail, which packages above do, by the same POST.
_LEADS_TO = {
    "publish": ("admin:letters_update_publish", False),
    "test": ("admin:signatures_mailing_try", True),
    "send": ("admin:signatures_mailing_prepare", True),
}


class UpdateTextInline(TextsInline[UpdateText, Update]):
    model = UpdateText
    form = UpdateTextForm


@admin.register(Update)
class UpdateAdmin(TextsAdmin[Update]):
    """A draft can be edited; a published update only gains languages it did not have."""

    inlines = (UpdateTextInline,)
    list_display = ("letter", "number", "published_at")
    list_filter = ("letter",)
    list_select_related = ("letter",)
    search_fields = ("texts__title", "letter__title")
    searched = (("texts__title",), ("letter__title",))
    fields = ("letter", "number", "published_at")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("letter")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("number", "published_at", *(("letter",) if obj is not None else ()))

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

    def lead_to(self, request: HttpRequest, obj: Update, act: str) -> HttpResponse | None:
        """Go on to publish, test or send the update that was just saved."""
        if act not in _LEADS_TO:
            return None
        name, with_post = _LEADS_TO[act]
        return redirect(name, obj.pk, preserve_request=with_post)

    def preview(self, request: HttpRequest) -> HttpResponse:
        """Show the texts as typed, saved or not, the way readers would see them."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied
        context = {"texts": asking.typed_texts(request, "texts"), "is_update": True}
        return TemplateResponse(request, "admin/letters/preview.html", context)

    def publish(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask once more, then let anybody read the update that was shown."""
        update = get_object_or_404(Update.objects.select_related("letter"), pk=pk)
        if not self.has_change_permission(request, update):
            raise PermissionDenied
        back = reverse("admin:letters_update_change", args=[pk])

        def publish(seen: str) -> None:
            updates.publish(update_id=pk, actor_id=request.user.pk, now=clock.now(), seen=seen)

        answer = asking.act_on(
            update,
            request,
            publish if request.method == "POST" else None,
            back=back,
            done=_("The update is published. No e-mail has been sent yet."),
            check=lambda: updates.check_publishable(update),
        )
        return answer or asking.ask(self, request, _question(update, back))


def _question(update: Update, back: str) -> Question:
    return Question(
        label=_("Publish"),
        question=_(
            "It will stand on the letter's page for everyone and cannot be changed any more."
            " Nobody gets an e-mail yet."
        ),
        subject=update,
        back=back,
        seen=fingerprints.of_update(update),
        texts=asking.shown(update.texts.order_by("language")),
        sender_name=update.letter.sender_name,
    )
