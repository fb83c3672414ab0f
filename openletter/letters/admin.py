"""Letters in the admin: begin one, open and close it. Its texts have desks of their own."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from openletter.letters import asking, fingerprints, flows
from openletter.letters import update_admin as update_admin  # registers itself
from openletter.letters import version_admin as version_admin  # registers itself
from openletter.letters.asking import Question
from openletter.letters.forms import ActForm, LetterForm
from openletter.letters.models import Letter
from openletter.lib import clock
from openletter.lib.staff import ModelAdmin

_STATE_ACTS = {
    Letter.State.OPEN: (
        _("Open"),
        _("From then on anybody can read and sign this letter."),
        _("The letter is open."),
    ),
    Letter.State.CLOSED: (
        _("Close"),
        _(
            "It stays readable but takes no new signatures. Those that wait for confirmation can"
            " still be confirmed for a day."
        ),
        _("The letter is closed."),
    ),
    Letter.State.ARCHIVED: (
        _("Archive"),
        _("It stays readable. Signatures can no longer be confirmed."),
        _("The letter is archived."),
    ),
}
BEGIN, NEWS = "begin", "news"


@admin.register(Letter)
class LetterAdmin(ModelAdmin[Letter]):
    form = LetterForm
    # What may be typed about a letter depends on its state.
    watched: ClassVar[tuple[str, ...]] = ("state",)
    list_display = (
        "__str__", "slug", "state", "sender_name", "policy", "goal", "opens_at", "closes_at",
    )  # fmt: skip
    list_filter = ("state", "policy")
    search_fields = ("slug", "title", "sender_name", "versions__translations__title")
    searched = (("slug", "title", "sender_name"), ("versions__translations__title",))
    search_help_text = _("A part of the title, the address or the sender.")
    fieldsets = (
        (None, {"fields": ("title", "slug", "state", "sender_name", "reference_language", "goal")}),
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
        if obj is None:
            return ["state"]
        is_over = obj.state in {Letter.State.CLOSED, Letter.State.ARCHIVED}
        has_text = obj.versions.exists()  # then the text says the title
        return [
            *(("title",) if has_text else ()),
            "state",
            *(("opens_at", "closes_at") if is_over else ()),
        ]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/<str:to>/act/", view(self.act), name="letters_letter_act"),
            *super().get_urls(),
        ]

    def save_model(self, request: HttpRequest, obj: Letter, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "slug" in form.changed_data:
            flows.keep_former_slug(letter=obj, former=form.initial["slug"])
        if change and "reference_language" in form.changed_data:
            flows.take_title(obj.pk)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        letter = self.get_object(request, object_id)
        extra = {
            "versions": letter.versions.order_by("-number") if letter else [],
            "acts": [(to.value, label) for to, (label, _q, _done) in _STATE_ACTS.items()],
        }
        return super().change_view(request, object_id, form_url, {**extra, **(extra_context or {})})

    def lead_to(self, request: HttpRequest, obj: Letter, act: str) -> HttpResponse | None:
        """Begin a version or an update, or ask before a letter is opened, closed or archived."""
        if act == BEGIN:
            return self._begin(request, obj)
        if act == NEWS:
            return redirect(f"{reverse('admin:letters_update_add')}?letter={obj.pk}")
        return redirect("admin:letters_letter_act", obj.pk, act) if act in _by_name() else None

    def _begin(self, request: HttpRequest, letter: Letter) -> HttpResponse:
        """Make the next draft version and lead to it."""
        try:
            version = flows.begin_version(letter_id=letter.pk)
        except flows.NotPossible as problem:
            messages.error(request, str(problem))
            return redirect("admin:letters_letter_change", letter.pk)
        return redirect("admin:letters_textversion_change", version.pk)

    def act(self, request: HttpRequest, pk: int, to: str) -> HttpResponse:
        """Ask once more, then open, close or archive what was shown."""
        letter = get_object_or_404(Letter, pk=pk)
        if not self.has_change_permission(request, letter):
            raise PermissionDenied
        if to not in _by_name():
            raise Http404
        label, question, done = _by_name()[to]
        back = reverse("admin:letters_letter_change", args=[pk])
        form = ActForm(request.POST if request.method == "POST" else None)

        def change_state(seen: str) -> None:
            flows.change_state(
                letter_id=pk,
                to=Letter.State(to),
                actor_id=request.user.pk,
                reason=form.cleaned_data["reason"],
                now=clock.now(),
                seen=seen,
            )

        answer = asking.act_on(
            letter,
            request,
            change_state if form.is_valid() else None,
            back=back,
            done=done,
            check=lambda: flows.check_can_become(letter, Letter.State(to)),
        )
        return answer or asking.ask(self, request, _asked(letter, label, question, back), form)


def _asked(letter: Letter, label: object, question: object, back: str) -> Question:
    newest = letter.last_published()
    return Question(
        label=label,
        question=question,
        subject=letter,
        back=back,
        seen=fingerprints.of_letter(letter),
        texts=asking.shown(newest.translations.order_by("language")) if newest else (),
        sender_name=letter.sender_name,
    )


def _by_name() -> dict[str, tuple[Any, Any, Any]]:
    return {state.value: said for state, said in _STATE_ACTS.items()}
