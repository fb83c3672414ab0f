"""Mailings in the admin: see, test and send an update; watch it go out, pause it, stop it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openletter.accounts import access
from openletter.accounts.access import Action
from openletter.accounts.models import User
from openletter.letters import fingerprints
from openletter.letters.admin import confirm_page
from openletter.letters.admin.confirm_page import Question
from openletter.letters.forms import ActForm
from openletter.letters.models import Update
from openletter.letters.publishing import NotPossible
from openletter.letters.queries import updates, versions
from openletter.letters.queries.updates import UpdateView
from openletter.lib.admin.pages import ModelAdmin
from openletter.lib.db import clock
from openletter.mail.models import Throttle
from openletter.mailings import flows, recipients
from openletter.mailings.forms import SendForm
from openletter.mailings.models import MAILING_ARROWS, Mailing
from openletter.moderation.history import Recorded

_M = Mailing.State
_MOVING = frozenset({_M.SCHEDULED, _M.ENQUEUEING, _M.SENDING, _M.CANCELLED})
_require_get_or_post = require_http_methods(["GET", "POST"])


@dataclass(frozen=True)
class Act:
    """What a member of staff may do with a mailing that has begun, and what is asked before."""

    flow: Callable[..., None]
    leads_to: frozenset[str]
    label: str | Promise
    question: str | Promise
    done: str | Promise


ACTS = {
    "pause": Act(
        flows.pause,
        frozenset({_M.PAUSED}),
        _("Pause"),
        _(
            "Mails that are just being sent still go out. The others wait until you resume the"
            " mailing."
        ),
        _("The mailing is paused."),
    ),
    "resume": Act(
        flows.resume,
        frozenset({_M.ENQUEUEING, _M.SENDING}),
        _("Resume"),
        _("The waiting mails will be sent."),
        _("The mailing has been resumed."),
    ),
    "cancel": Act(
        flows.cancel,
        frozenset({_M.CANCELLED}),
        _("Cancel the mailing"),
        _("What has been sent cannot be taken back. The rest will never be sent."),
        _("The mailing is cancelled."),
    ),
}


def _acts_possible(mailing: Mailing) -> list[tuple[str, str | Promise]]:
    """Return the acts that fit a mailing's state, with their labels."""
    possible = MAILING_ARROWS[mailing.state]
    going_on = {"resume"} if mailing.state != _M.PAUSED else set()
    return [
        (name, act.label)
        for name, act in ACTS.items()
        if act.leads_to & possible and name not in going_on
    ]


@admin.register(Mailing)
class MailingAdmin(Recorded, ModelAdmin[Mailing]):
    """A mailing begins at its update; everything else happens on its own page."""

    recorded_as = "mailing"

    list_display = ("named", "letter", "state", "starts_at", "recipients", "finished_at")
    list_filter = ("state",)
    list_select_related = ("update__letter",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mailing]:
        return super().get_queryset(request).prefetch_related("update__texts")

    @admin.display(description=_("update"))
    def named(self, mailing: Mailing) -> str:
        return _name(mailing.update)

    @admin.display(description=_("letter"), ordering="update__letter")
    def letter(self, mailing: Mailing) -> str:
        return str(mailing.update.letter)

    def get_urls(self) -> list[URLPattern]:
        pages: dict[str, tuple[str, Callable[..., HttpResponse]]] = {
            "prepare": ("prepare/<int:update_pk>/", require_POST(self.prepare)),
            "try": ("try/<int:update_pk>/", require_POST(self.try_update)),
            "test": ("<int:pk>/test/", require_POST(self.test)),
            "preview": ("<int:pk>/preview/", require_safe(self.preview)),
            "progress": ("<int:pk>/progress/", require_safe(self.progress)),
            "send": ("<int:pk>/send/", _require_get_or_post(self.send)),
            "act": ("<int:pk>/<str:act>/ask/", _require_get_or_post(self.act)),
        }
        return [
            path(address, self.admin_site.admin_view(view), name=f"mailings_mailing_{name}")
            for name, (address, view) in pages.items()
        ] + super().get_urls()

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The mailing's page: who would get it, or how far it is, and what can be done."""
        mailing = self.get_object(request, object_id)
        if mailing is None:
            raise Http404
        access.require(request.user, Action.SEE_MAILINGS, mailing)
        is_draft = mailing.state == _M.DRAFT
        context = {
            **self.admin_site.each_context(request),
            "title": _("Mailing: %(update)s") % {"update": _name(mailing.update)},
            "opts": self.opts,
            "mailing": mailing,
            "texts": mailing.update.texts.order_by("language"),
            "may_act": access.may(request.user, Action.SEND_MAILINGS, mailing),
            "is_draft": is_draft,
            "is_moving": mailing.state in _MOVING and mailing.finished_at is None,
            "number": recipients.count(mailing.update, now=clock.now()) if is_draft else 0,
            "progress": flows.progress(mailing),
            "throttle": Throttle.objects.filter(
                key=mailing.update.letter.topic, paused=True
            ).first(),
            "acts": _acts_possible(mailing),
        }
        return TemplateResponse(request, "admin/mailings/mailing.html", context)

    def prepare(self, request: HttpRequest, update_pk: int) -> HttpResponse:
        """Lead to the update's unfinished mailing; make a draft of one first if there is none."""
        update = self._update(request, update_pk)
        try:
            mailing = flows.prepare(update_id=update.pk, actor_id=_actor(request).pk)
        except NotPossible as problem:
            messages.error(request, str(problem))
            return redirect("admin:letters_update_changelist")
        return redirect("admin:mailings_mailing_change", mailing.pk)

    def try_update(self, request: HttpRequest, update_pk: int) -> HttpResponse:
        """Send an update, published or not, to whoever asks."""
        update = self._update(request, update_pk)
        self._send_test(request, update)
        return redirect("admin:letters_update_change", update.pk)

    def test(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send what the mailing will send to whoever asks."""
        self._send_test(request, self._mailing(request, pk).update)
        return redirect("admin:mailings_mailing_change", pk)

    def _send_test(self, request: HttpRequest, update: Update) -> None:
        actor = _actor(request)
        try:
            number = flows.send_test(
                update_id=update.pk, actor_id=actor.pk, recipient=actor.email, now=clock.now()
            )
        except NotPossible as problem:
            messages.error(request, str(problem))
            return
        text = ngettext(
            "%(number)s test mail is on its way to your own address.",
            "%(number)s test mails, one for each language, are on their way to your own address.",
            number,
        )
        messages.success(request, text % {"number": number})

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the update in every language, as readers see it."""
        update = self._mailing(request, pk).update
        context = {
            "texts": [UpdateView(update, text) for text in update.texts.order_by("language")],
            "sender_name": versions.sender_of(update.letter),
            "is_update": True,
        }
        return TemplateResponse(request, "admin/letters/preview.html", context)

    def progress(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say how far a mailing is, for the script of its page."""
        mailing = access.get_object(request.user, Action.SEE_MAILINGS, Mailing, pk=pk)
        told = {
            "state": mailing.state,
            "finished": mailing.finished_at is not None,
            "recipients": mailing.recipients,
            **asdict(flows.progress(mailing)),
        }
        return JsonResponse(told)

    def send(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask once more, and when; then let the mailing of what was shown begin."""
        mailing = self._mailing(request, pk)
        form = SendForm(request.POST if request.method == "POST" else None)
        back = reverse("admin:mailings_mailing_change", args=[pk])
        starts_at = form.cleaned_data["starts_at"] if form.is_valid() else None
        number = 0

        def check() -> None:
            nonlocal number
            number = flows.check_sendable(mailing, now=clock.now())

        def send(seen: str) -> None:
            flows.send(
                mailing_id=pk,
                starts_at=starts_at,
                actor_id=_actor(request).pk,
                now=clock.now(),
                seen=seen,
            )

        answer = confirm_page.act_on(
            mailing,
            request,
            send if form.is_valid() else None,
            back=back,
            done=_("The mailing is scheduled.")
            if starts_at
            else _("The mailing begins within a minute."),
            check=check,
        )
        return answer or confirm_page.ask(self, request, _question(mailing, number, back), form)

    def act(self, request: HttpRequest, pk: int, act: str) -> HttpResponse:
        """Ask once more, then pause, go on or cancel."""
        mailing = self._mailing(request, pk)
        if act not in ACTS:
            raise Http404
        form = ActForm(request.POST if request.method == "POST" else None)
        back = reverse("admin:mailings_mailing_change", args=[pk])
        chosen = ACTS[act]

        def check() -> None:
            if act not in dict(_acts_possible(mailing)):
                raise NotPossible(flows.not_now(mailing))

        def carry_out(_seen: str) -> None:
            chosen.flow(
                mailing_id=pk,
                reason=form.cleaned_data["reason"],
                actor_id=_actor(request).pk,
                now=clock.now(),
            )

        answer = confirm_page.act_on(
            mailing,
            request,
            carry_out if form.is_valid() else None,
            back=back,
            done=chosen.done,
            check=check,
        )
        asked = Question(chosen.label, chosen.question, _name(mailing.update), back)
        return answer or confirm_page.ask(self, request, asked, form)

    def _update(self, request: HttpRequest, pk: int) -> Update:
        return access.get_object(request.user, Action.SEND_MAILINGS, Update, pk=pk)

    def _mailing(self, request: HttpRequest, pk: int) -> Mailing:
        rows = Mailing.objects.select_related("update__letter")
        return access.get_object(request.user, Action.SEND_MAILINGS, rows, pk=pk)


def _question(mailing: Mailing, number: int, back: str) -> Question:
    update = mailing.update
    label = ngettext("Send to %(number)s signatory", "Send to %(number)s signatories", number)
    return Question(
        label=label % {"number": number},
        question=_(
            "Everybody gets one e-mail, and it cannot be taken back. Have you sent yourself a test?"
        ),
        subject=_name(update),
        back=back,
        seen=fingerprints.of_update(update),
        texts=confirm_page.shown(update.texts.order_by("language")),
        sender_name=versions.sender_of(update.letter),
    )


def _name(update: Update) -> str:
    """Return an update's title, for people who look at it in the admin."""
    try:
        return updates.in_language(update, "", letter=update.letter).title
    except updates.UpdateMissing:
        return str(update)


def _actor(request: HttpRequest) -> User:
    actor = request.user
    assert isinstance(actor, User)  # noqa: S101 - nobody else gets past the admin's door
    return actor
