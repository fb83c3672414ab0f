"""Updates in the admin: write news on a letter, see it, publish it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from openletter.accounts import access
from openletter.accounts.access import Action
from openletter.letters import fingerprints, publishing_updates
from openletter.letters.admin import confirm_page
from openletter.letters.admin.confirm_page import Question
from openletter.letters.admin.texts import TextsAdmin, TextsInline
from openletter.letters.forms import UpdateTextForm
from openletter.letters.models import Letter, Update, UpdateText
from openletter.letters.queries import updates, versions
from openletter.lib.db import clock
from openletter.lib.http.site import path_in
from openletter.moderation.history import Recorded

# What the buttons lead to. The last two send mail, which packages above do, by the same POST.
_LEADS_TO = {
    "publish": ("admin:letters_update_publish", False),
    "test": ("admin:mailings_mailing_try", True),
    "send": ("admin:mailings_mailing_prepare", True),
}


class UpdateTextInline(TextsInline[UpdateText, Update]):
    model = UpdateText
    form = UpdateTextForm
    verbose_name = _("text")
    verbose_name_plural = _("updates by language")


@admin.register(Update)
class UpdateAdmin(Recorded, TextsAdmin[Update]):
    """A draft can be edited; a published update only gains languages it did not have."""

    recorded_as = "update"

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
            publishing_updates.begin(obj)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        update = self.get_object(request, object_id)
        extra = {"site_url": _site_url(update) if update else "", **(extra_context or {})}
        return super().change_view(request, object_id, form_url, extra)

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
        access.require(request.user, Action.PREVIEW_UPDATES)
        context = {"texts": confirm_page.typed_texts(request, "texts"), "is_update": True}
        return TemplateResponse(request, "admin/letters/preview.html", context)

    def publish(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask once more, then let anybody read the update that was shown."""
        rows = Update.objects.select_related("letter")
        update = access.get_object(request.user, Action.PUBLISH_UPDATES, rows, pk=pk)
        back = reverse("admin:letters_update_change", args=[pk])

        def publish(seen: str) -> None:
            publishing_updates.publish(
                update_id=pk, actor_id=request.user.pk, now=clock.now(), seen=seen
            )

        answer = confirm_page.act_on(
            update,
            request,
            publish if request.method == "POST" else None,
            back=back,
            done=_("The update is published. No e-mail has been sent yet."),
            check=lambda: publishing_updates.check_publishable(update),
        )
        return answer or confirm_page.ask(self, request, _question(update, back))


def _site_url(update: Update) -> str:
    """Return where the update is read, in a language that it has; "" while nobody may read it."""
    letter = update.letter
    try:
        found = updates.update_with_number(letter, update.number, get_language() or "")
    except updates.UpdateMissing:
        return ""
    if letter.state == Letter.State.DRAFT:
        return ""
    return path_in(found.language, "pages:update", letter.slug, update.number)


def _question(update: Update, back: str) -> Question:
    return Question(
        label=_("Publish"),
        question=_(
            "Everybody will see it on the letter’s page, and it can no longer be changed. No"
            " e-mail is sent yet."
        ),
        subject=update,
        back=back,
        seen=fingerprints.of_update(update),
        texts=confirm_page.shown(update.texts.order_by("language")),
        sender_name=versions.sender_of(update.letter),
    )
