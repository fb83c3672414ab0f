"""Versions of a letter's text in the admin: write one, see it, publish it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from openletter.accounts import access
from openletter.accounts.access import Action
from openletter.letters import fingerprints, publishing
from openletter.letters.admin import confirm_page
from openletter.letters.admin.confirm_page import Question
from openletter.letters.admin.texts import TextsAdmin, TextsInline, is_draft
from openletter.letters.forms import TextForm
from openletter.letters.models import TextVersion, Translation
from openletter.lib.db import clock
from openletter.moderation.history import Recorded

PUBLISH = "publish"


class TextInline(TextsInline[Translation, TextVersion]):
    model = Translation
    form = TextForm
    verbose_name = _("text")
    verbose_name_plural = _("texts by language")


@admin.register(TextVersion)
class TextVersionAdmin(Recorded, TextsAdmin[TextVersion]):
    """A draft can be edited; a published version only gains languages it did not have."""

    inlines = (TextInline,)
    list_display = ("letter", "number", "published_at", "reason")
    list_filter = ("letter",)
    list_select_related = ("letter",)

    def recorded(self, obj: TextVersion) -> tuple[str, object]:
        """Stand on the record of its letter, which says when which version was published."""
        return "letter", obj.letter.public_id

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        said = ("letter", "number", "published_at", "sender")
        return said if is_draft(obj) else (*said, "reason")

    @admin.display(description=_("sender"))
    def sender(self, version: TextVersion) -> str:
        """Who writes: as published, or as the letter would be published now."""
        return version.sender_name or version.letter.sender_name

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("letter")

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> Any:
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        is_first = obj.number == 1 and not obj.translations.exists()
        return {**kwargs, "title": obj.letter.title if is_first else ""}

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        publishing.take_title(form.instance.letter_id)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/publish/", view(self.publish), name="letters_textversion_publish"),
            path("<int:pk>/preview/", view(self.preview), name="letters_textversion_preview"),
            *super().get_urls(),
        ]

    def lead_to(self, request: HttpRequest, obj: TextVersion, act: str) -> HttpResponse | None:
        """Ask before the version that was just saved is published."""
        return redirect("admin:letters_textversion_publish", obj.pk) if act == PUBLISH else None

    def publish(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask once more, then make the draft that was shown the letter's text for ever."""
        version = _version(request, Action.PUBLISH_VERSIONS, pk)
        back = reverse("admin:letters_textversion_change", args=[pk])

        def publish(seen: str) -> None:
            publishing.publish_version(
                version_id=pk, actor_id=request.user.pk, now=clock.now(), seen=seen
            )

        answer = confirm_page.act_on(
            version,
            request,
            publish if request.method == "POST" else None,
            back=back,
            done=_("The version is published."),
            check=lambda: publishing.check_publishable(version),
        )
        return answer or confirm_page.ask(self, request, _question(version, back))

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the texts as typed, saved or not, the way readers would see them."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        version = _version(request, Action.WRITE_VERSIONS, pk)
        context = {
            "texts": confirm_page.typed_texts(request, "translations"),
            "sender_name": version.letter.sender_name,
        }
        return TemplateResponse(request, "admin/letters/preview.html", context)


def _version(request: HttpRequest, action: Action, pk: int) -> TextVersion:
    rows = TextVersion.objects.select_related("letter")
    return access.get_object(request.user, action, rows, pk=pk)


def _question(version: TextVersion, back: str) -> Question:
    earlier = version.letter.last_published()
    before = list(earlier.translations.all()) if earlier else []
    return Question(
        label=_("Publish"),
        question=_("A published text can never be changed. People sign exactly these words."),
        subject=version,
        back=back,
        seen=fingerprints.of_version(version),
        texts=confirm_page.shown(version.translations.order_by("language"), before=before),
        earlier_number=earlier.number if earlier else None,
        earlier_sender=earlier.sender_name if earlier else "",
        sender_name=version.letter.sender_name,
    )
