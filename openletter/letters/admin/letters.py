"""Letters in the admin: begin one, open and close it. Its texts have desks of their own."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from openletter.accounts import access
from openletter.accounts.access import Action
from openletter.letters import asked_fields, fingerprints, publishing, retention_months
from openletter.letters.admin import confirm_page
from openletter.letters.admin.confirm_page import AsksBeforeStoring, NotSeenYet, Question
from openletter.letters.forms import ActForm, LetterForm
from openletter.letters.models import Letter
from openletter.letters.queries import letters
from openletter.lib.admin.pages import ModelAdmin
from openletter.lib.db import clock
from openletter.lib.http.site import path_in
from openletter.moderation.history import Recorded

_STATE_ACTS = {
    Letter.State.OPEN: (
        _("Open"),
        _("Everybody can then read and sign this letter."),
        _("The letter is open."),
    ),
    Letter.State.CLOSED: (
        _("Close"),
        _(
            "People can still read it, but no longer sign it. Signatures that wait for"
            " confirmation can be confirmed for one more day."
        ),
        _("The letter is closed."),
    ),
    Letter.State.ARCHIVED: (
        _("Archive"),
        _("People can still read it. Signatures can no longer be confirmed."),
        _("The letter is archived."),
    ),
}
BEGIN, NEWS = "begin", "news"


@admin.register(Letter)
class LetterAdmin(Recorded, AsksBeforeStoring, ModelAdmin[Letter]):
    recorded_as = "letter"
    form = LetterForm
    # What may be typed about a letter depends on its state.
    watched: ClassVar[tuple[str, ...]] = ("state",)
    list_display = (
        "__str__", "slug", "team", "state", "sender_name", "policy", "goal", "opens_at",
        "closes_at",
    )  # fmt: skip
    list_filter = ("state", "policy", "team")
    list_select_related = ("team",)
    search_fields = ("slug", "title", "sender_name", "versions__translations__title")
    searched = (("slug", "title", "sender_name"), ("versions__translations__title",))
    search_help_text = _("Part of the title, the address or the sender.")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "title", "slug", "team", "state", "sender_name", "reference_language", "goal",
                )
            },
        ),
        (
            _("When and how"),
            {
                "fields": (
                    "policy", "opens_at", "closes_at", "second_reminder", "asks_proof",
                    "shows_numbers", "retention_months",
                )
            },
        ),
        (
            _("What the form asks for"),
            {"fields": ("takes_organisations", *asked_fields.SWITCHES)},
        ),
    )  # fmt: skip

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
            *(() if access.may(request.user, Action.MOVE_LETTERS, obj) else ("team",)),
        ]

    def get_form(
        self, request: HttpRequest, obj: Letter | None = None, change: bool = False, **kw: Any
    ) -> Any:
        """Offer the teams in which somebody may begin a letter, or to which they may move one."""
        form = super().get_form(request, obj, change=change, **kw)
        if "team" in form.base_fields:
            act = Action.MOVE_LETTERS if change else Action.BEGIN_LETTERS
            field, offered = form.base_fields["team"], access.teams_for(request.user, act)
            field.queryset = offered
            field.required = not access.may_everywhere(request.user, act)
            field.empty_label = None if field.required else _("none: a letter of the site itself")
        return form

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/<str:to>/act/", view(self.act), name="letters_letter_act"),
            *super().get_urls(),
        ]

    def save_model(self, request: HttpRequest, obj: Letter, form: Any, change: bool) -> None:
        if change and "retention_months" in form.changed_data:
            _change_retention(request, obj, before=form.initial["retention_months"])
        super().save_model(request, obj, form, change)
        if change and "team" in form.changed_data:
            publishing.record_move(
                letter=obj, before=form.initial["team"], actor_id=request.user.pk, now=clock.now()
            )
        if change and "slug" in form.changed_data:
            publishing.keep_former_slug(letter=obj, former=form.initial["slug"])
        if change and "reference_language" in form.changed_data:
            publishing.take_title(obj.pk)
        if change and "sender_name" in form.changed_data and obj.last_published():
            text = _(
                "Readers see the new sender once a version of the text is published with it: write"
                " a new version. Everybody who has signed so far signed with the former sender."
            )
            messages.warning(request, text)

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
            "acts": _acts_that_fit(letter) if letter else [],
            "site_url": _site_url(letter) if letter else "",
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
        access.require(request.user, Action.BEGIN_VERSIONS, letter)
        try:
            version = publishing.begin_version(letter_id=letter.pk)
        except publishing.NotPossible as problem:
            messages.error(request, str(problem))
            return redirect("admin:letters_letter_change", letter.pk)
        return redirect("admin:letters_textversion_change", version.pk)

    def act(self, request: HttpRequest, pk: int, to: str) -> HttpResponse:
        """Ask once more, then open, close or archive what was shown."""
        letter = access.get_object(request.user, Action.OPEN_AND_CLOSE_LETTERS, Letter, pk=pk)
        if to not in _by_name():
            raise Http404
        label, question, done = _by_name()[to]
        back = reverse("admin:letters_letter_change", args=[pk])
        form = ActForm(request.POST if request.method == "POST" else None)

        def change_state(seen: str) -> None:
            publishing.change_state(
                letter_id=pk,
                to=Letter.State(to),
                actor_id=request.user.pk,
                reason=form.cleaned_data["reason"],
                now=clock.now(),
                seen=seen,
            )

        answer = confirm_page.act_on(
            letter,
            request,
            change_state if form.is_valid() else None,
            back=back,
            done=done,
            check=lambda: publishing.check_can_become(letter, Letter.State(to)),
        )
        return answer or confirm_page.ask(
            self, request, _asked(letter, label, question, back), form
        )


def _acts_that_fit(letter: Letter) -> list[tuple[str, object]]:
    """Return the states to offer; a draft is to be opened, and before that to get its text."""
    if letter.state == Letter.State.DRAFT:
        offered = {Letter.State.OPEN} if letter.last_published() else set()
    else:
        offered = set(_STATE_ACTS) - {letter.state}
    return [(to.value, said[0]) for to, said in _STATE_ACTS.items() if to in offered]


def _change_retention(request: HttpRequest, letter: Letter, *, before: int) -> None:
    """Let a letter keep data for as many months as were typed, if what that means was seen."""
    months, now = letter.retention_months, clock.now()
    if retention_months.comes_nearer(letter, before, months, now=now):
        ends_at = retention_months.ends_at(letter, months)
        seen = fingerprints.of_retention(letter, months, ends_at)
        if ends_at is not None and request.POST.get(confirm_page.SEEN) != seen:
            raise NotSeenYet(partial(_shortening, request, ends_at, seen))
    retention_months.record_change(letter=letter, before=before, actor_id=request.user.pk, now=now)


def _shortening(request: HttpRequest, ends_at: datetime, seen: str, letter: Letter) -> Question:
    """Say on which day the data of signatories would go."""
    day = date_format(timezone.localtime(ends_at), "DATE_FORMAT")
    return Question(
        label=_("Delete personal data earlier"),
        question=_(
            "The personal data of everybody who signed would be deleted from %(day)s on,"
            " earlier than they were told when they signed. What has been deleted cannot be"
            " brought back."
        )
        % {"day": day},
        subject=letter,
        back=request.path,
        seen=seen,
        typed=confirm_page.typed_before(request),
    )


def _asked(letter: Letter, label: object, question: object, back: str) -> Question:
    newest = letter.last_published()
    return Question(
        label=label,
        question=question,
        subject=letter,
        back=back,
        seen=fingerprints.of_letter(letter),
        texts=confirm_page.shown(newest.translations.order_by("language")) if newest else (),
        is_published=True,
        sender_name=newest.sender_name if newest else letter.sender_name,
    )


def _site_url(letter: Letter) -> str:
    """Return where the letter is read, in a language that it has; "" while nobody may read it."""
    try:
        found = letters.letter_in(letter.slug, get_language() or "")
    except (letters.LetterMissing, letters.LetterMoved):
        return ""
    return path_in(found.language, "pages:letter", letter.slug)


def _by_name() -> dict[str, tuple[Any, Any, Any]]:
    return {state.value: said for state, said in _STATE_ACTS.items()}
