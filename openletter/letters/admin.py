"""Letters in the admin: write a text, see it, publish it; open and close."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from openletter.letters import asking, flows
from openletter.letters import update_admin as update_admin  # registers itself
from openletter.letters.forms import ActForm, LetterForm, TextForm
from openletter.letters.models import Letter, TextVersion, Translation
from openletter.lib import clock
from openletter.lib.staff import ModelAdmin, StackedInline

_STATE_ACTS = {
    Letter.State.OPEN: (_("Open"), _("From then on anybody can read and sign this letter.")),
    Letter.State.CLOSED: (
        _("Close"),
        _(
            "It stays readable but takes no new signatures. Those that wait for confirmation can"
            " still be confirmed for a day."
        ),
    ),
    Letter.State.ARCHIVED: (
        _("Archive"),
        _("It stays readable. Signatures can no longer be confirmed."),
    ),
}


@admin.register(Letter)
class LetterAdmin(ModelAdmin[Letter]):
    form = LetterForm
    list_display = ("slug", "state", "sender_name", "policy", "goal", "opens_at", "closes_at")
    list_filter = ("state", "policy")
    search_fields = ("slug", "sender_name", "versions__translations__title")
    fieldsets = (
        (None, {"fields": ("slug", "state", "sender_name", "reference_language", "goal")}),
        (
            _("When and how"),
            {
                "fields": (
                    "policy", "opens_at", "closes_at", "second_reminder", "asks_proof",
                    "retention_months",
                )
            },
        ),
        (
            _("What signers are asked"),
            {
                "fields": (
                    "takes_organisations", "asks_title", "asks_affiliation", "asks_country",
                    "asks_comment",
                )
            },
        ),
    )  # fmt: skip

    def has_delete_permission(self, request: HttpRequest, obj: Letter | None = None) -> bool:
        return False  # a letter is archived; names stand under it

    def get_readonly_fields(self, request: HttpRequest, obj: Letter | None = None) -> list[str]:
        """When a letter closed is a fact: confirmations and the keeping of data count from it."""
        is_over = obj is not None and obj.state in {Letter.State.CLOSED, Letter.State.ARCHIVED}
        return ["state", *(("opens_at", "closes_at") if is_over else ())]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/<str:to>/act/", view(self.act), name="letters_letter_act"),
            path("<int:pk>/begin/", view(self.begin), name="letters_letter_begin"),
            *super().get_urls(),
        ]

    def save_model(self, request: HttpRequest, obj: Letter, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "slug" in form.changed_data:
            flows.keep_former_slug(letter=obj, former=form.initial["slug"])

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        letter = self.get_object(request, object_id)
        extra = {
            "versions": letter.versions.all() if letter else [],
            "acts": [(to.value, label) for to, (label, _q) in _STATE_ACTS.items()],
        }
        return super().change_view(request, object_id, form_url, {**extra, **(extra_context or {})})

    def act(self, request: HttpRequest, pk: int, to: str) -> HttpResponse:
        """Ask once more, then open, close or archive."""
        letter = get_object_or_404(Letter, pk=pk)
        if not self.has_change_permission(request, letter):
            raise PermissionDenied
        acts = {state.value: said for state, said in _STATE_ACTS.items()}
        if to not in acts:
            raise Http404
        label, question = acts[to]
        back = reverse("admin:letters_letter_change", args=[pk])
        form = ActForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                flows.change_state(
                    letter_id=pk,
                    to=Letter.State(to),
                    actor_id=request.user.pk,
                    reason=form.cleaned_data["reason"],
                    now=clock.now(),
                )
            except flows.NotPossible as problem:
                messages.error(request, str(problem))
            return redirect(back)
        return asking.ask(self, request, letter, label, question, form, back)

    def begin(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make the next draft version and lead to it."""
        letter = get_object_or_404(Letter, pk=pk)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request, letter):
            raise PermissionDenied
        try:
            version = flows.begin_version(letter_id=pk)
        except flows.NotPossible as problem:
            messages.error(request, str(problem))
            return redirect("admin:letters_letter_change", pk)
        return redirect("admin:letters_textversion_change", version.pk)


class TextInline(StackedInline[Translation, TextVersion]):
    model = Translation
    form = TextForm
    extra = 0
    min_num = 1

    def _is_draft(self, version: TextVersion | None) -> bool:
        return version is None or version.published_at is None

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._is_draft(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._is_draft(obj) and super().has_delete_permission(request, obj)


@admin.register(TextVersion)
class TextVersionAdmin(ModelAdmin[TextVersion]):
    """A draft can be edited; a published version only gains languages it did not have."""

    inlines = (TextInline,)
    list_display = ("letter", "number", "published_at", "reason")
    list_filter = ("letter",)
    list_select_related = ("letter",)
    readonly_fields = ("letter", "number", "published_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a version begins at its letter, with the newest text to start from

    def has_delete_permission(self, request: HttpRequest, obj: TextVersion | None = None) -> bool:
        return (
            obj is not None and obj.published_at is None and super().has_delete_permission(request)
        )

    def save_model(self, request: HttpRequest, obj: TextVersion, form: Any, change: bool) -> None:
        if obj.published_at is None:  # else only a language may be added, which is a row beside it
            super().save_model(request, obj, form, change)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        published = obj is not None and obj.published_at is not None
        return ("letter", "number", "published_at", *(("reason",) if published else ()))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/publish/", view(self.publish), name="letters_textversion_publish"),
            path("<int:pk>/preview/", view(self.preview), name="letters_textversion_preview"),
            *super().get_urls(),
        ]

    def publish(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask once more, then make the draft the letter's text for ever."""
        version = get_object_or_404(TextVersion.objects.select_related("letter"), pk=pk)
        if not self.has_change_permission(request, version):
            raise PermissionDenied
        back = reverse("admin:letters_textversion_change", args=[pk])
        form = ActForm(request.POST or None)
        del form.fields["reason"]
        if request.method == "POST":
            try:
                flows.publish_version(version_id=pk, actor_id=request.user.pk, now=clock.now())
                messages.success(request, _("The version is published."))
            except flows.NotPossible as problem:
                messages.error(request, str(problem))
            return redirect(back)
        question = _("A published text can never be changed. People sign exactly these words.")
        return asking.ask(self, request, version, _("Publish"), question, form, back)

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the texts as typed, saved or not, the way readers would see them."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request):
            raise PermissionDenied
        version = get_object_or_404(TextVersion.objects.select_related("letter"), pk=pk)
        context = {
            "texts": asking.typed_texts(request, "translations"),
            "sender_name": version.letter.sender_name,
        }
        return TemplateResponse(request, "admin/letters/preview.html", context)
