"""The page that waits for the mail: the code, another mail, a wrong address. The same for everyone.

Its address carries what was typed into the form, encrypted, and nothing that the database knows.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from openletter.letters.queries import letters
from openletter.letters.queries.letters import LetterView
from openletter.lib import tokens
from openletter.lib.db import clock
from openletter.lib.http.answer_classes import private
from openletter.lib.http.requests import client_network, is_cross_site, wellformed
from openletter.lib.people.addresses import readable
from openletter.mail.limits import recipient_limits
from openletter.mail.models import Lane
from openletter.mail.outbox import wait_estimate
from openletter.signatures import error_pages
from openletter.signatures.abuse import form_tokens
from openletter.signatures.forms import CodeForm, SignForm, read_revision
from openletter.signatures.inbox import codes, resending
from openletter.signatures.inbox.typed_form import typed_of
from openletter.signatures.links import signature_of
from openletter.signatures.models import Signature
from openletter.signatures.views import confirmed

P = ParamSpec("P")
# What came of a wish, by what its form adds to the address of the page.
_PROBLEMS = {"again": "sent_again", "resume": "asked_to_resume"}


class Inbox:
    """What the address of the page stands for: a form that was sent under a letter."""

    def __init__(self, token: str) -> None:
        """Raise `tokens.BadToken` when it stands for nothing."""
        self.token = token
        self.reference = tokens.read("inbox", token)
        if self.reference.belongs_to is None:
            raise tokens.BadToken
        try:
            self.letter = letters.letter_with_id(self.reference.belongs_to, get_language() or "")
        except letters.LetterMissing as problem:
            raise tokens.BadToken from problem


InboxView = Callable[Concatenate[HttpRequest, Inbox, P], HttpResponse]


def _of_inbox(view: InboxView[P]) -> Callable[..., HttpResponse]:
    """Find what the token stands for; answer other sites' forms and damaged links with a page."""

    @csrf_exempt
    @private
    @wellformed
    @wraps(view)
    def checked(
        request: HttpRequest, token: str, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        if request.method == "POST" and is_cross_site(request):
            return error_pages.cross_site(request)
        try:
            inbox = Inbox(token)
        except tokens.BadToken:
            return error_pages.unknown_page(request)
        return view(request, inbox, *args, **kwargs)

    return checked


@require_GET
@_of_inbox
def show(request: HttpRequest, inbox: Inbox) -> HttpResponse:
    """Say that a mail is on its way, and take the code from it."""
    problem = next((_PROBLEMS[name] for name in _PROBLEMS if name in request.GET), "")
    return _show(request, inbox, CodeForm(), problem=problem)


def _show(
    request: HttpRequest, inbox: Inbox, form: CodeForm, *, problem: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "letter": inbox.letter,
        "token": inbox.token,
        "address": readable(typed_of(inbox.reference).get("email", "")),
        "code_form": form,
        "problem": problem,
        "limit": recipient_limits.FOR_UNVERIFIED,
        "wait": wait_estimate.expected(Lane.CONFIRM, now=inbox.letter.now),
    }
    return render(request, "signatures/inbox.html", context, status=status)


@require_POST
@_of_inbox
def code(request: HttpRequest, inbox: Inbox) -> HttpResponse:
    """Take the typed code; it confirms like the button on the link's page."""
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _show(request, inbox, form, status=422)
    try:
        match = codes.match(
            reference=inbox.reference,
            letter=inbox.letter.letter,
            code=form.cleaned_data["code"],
            network=client_network(request),
            now=inbox.letter.now,
        )
    except codes.WrongCode:
        form.add_error("code", _("This is not the code we sent. Please check the e-mail."))
        return _show(request, inbox, form, problem="wrong_code", status=422)
    except codes.TooManyTries:
        return _show(request, inbox, form, problem="too_many_tries", status=422)
    if match.to_choose:
        return _ask_which(request, inbox, match)
    return confirmed(request, inbox.letter, match.attempt, by=Signature.Way.CODE)


def _ask_which(request: HttpRequest, inbox: Inbox, match: codes.Match) -> HttpResponse:
    """Show the words that may be meant, each with its button: somebody else may have sent some."""
    attempts = [
        {
            "signer": attempt,
            "letter": LetterView(attempt.translation, inbox.letter.now),
            "is_of_this_page": attempt.public_id == inbox.reference.public_id,
            "url": reverse("signatures:choose", args=[_token("choose", attempt)]),
            "correct_url": reverse("self_service:correct", args=[_token("mine", attempt)]),
        }
        for attempt in match.to_choose
    ]
    context = {"letter": inbox.letter, "attempts": attempts}
    return render(request, "signatures/choose.html", context)


def _token(purpose: str, attempt: Signature) -> str:
    return tokens.make(purpose, attempt.public_id, generation=attempt.generation)


@csrf_exempt
@require_POST
@private
@wellformed
def choose(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm the words that the owner of the address chose, after a code was typed."""
    if is_cross_site(request):
        return error_pages.cross_site(request)
    try:
        attempt = signature_of("choose", token)
    except tokens.BadToken as problem:
        return error_pages.bad_link(request, problem)
    letter = LetterView(attempt.translation, clock.now())
    revision = read_revision(request.POST.get("revision"))
    return confirmed(request, letter, attempt, by=Signature.Way.CODE, revision=revision)


@require_POST
@_of_inbox
def resend(request: HttpRequest, inbox: Inbox) -> HttpResponse:
    """Send one more confirmation mail, if it may be; the answer is the same if not."""
    resending.again(
        reference=inbox.reference,
        letter=inbox.letter.letter,
        network=client_network(request),
        now=inbox.letter.now,
    )
    return redirect(f"{reverse('signatures:inbox', args=[inbox.token])}?again=1")


@require_POST
@_of_inbox
def ask_to_resume(request: HttpRequest, inbox: Inbox) -> HttpResponse:
    """Send an address that stopped all mail the one with which it gets mail again."""
    resending.resume_once(
        reference=inbox.reference,
        letter=inbox.letter.letter,
        network=client_network(request),
        now=inbox.letter.now,
    )
    return redirect(f"{reverse('signatures:inbox', args=[inbox.token])}?resume=1")


@require_GET
@_of_inbox
def fill_in_again(request: HttpRequest, inbox: Inbox) -> HttpResponse:
    """Show the form as it was filled in, without the consent: the address was mistyped."""
    letter = inbox.letter
    if not letter.is_open:
        return error_pages.not_open(request, letter)
    before = typed_of(inbox.reference)
    before["email"] = readable(before.get("email", ""))
    form = SignForm(
        letter=letter.letter,
        form_token=form_tokens.make(letter.translation.public_id),
        is_organisation=before.get("kind") == Signature.Kind.ORGANISATION,
        before=before,
    )
    context = {"letter": letter, "form": form, "is_given_back": bool(before["email"])}
    return render(request, "signatures/sign.html", context)
