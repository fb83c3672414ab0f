"""`/s/<token>/`: a signatory sees and changes what is theirs. GET changes nothing.

The token from a mail to the address is the whole authority: no account, no cookie.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openletter.claims import appeals, removals
from openletter.claims.models import Appeal
from openletter.letters.queries import letters
from openletter.letters.queries.letters import LetterView
from openletter.lib import tokens
from openletter.lib.db import clock
from openletter.lib.http.answer_classes import private
from openletter.lib.http.requests import is_cross_site, wellformed
from openletter.privacy import flows
from openletter.privacy.flows import Erasure
from openletter.self_service import changes, mail_choices
from openletter.self_service.forms import CorrectForm
from openletter.self_service.my_signature import Mine
from openletter.signatures import error_pages
from openletter.signatures.links import signature_of
from openletter.signatures.models import Signature

P = ParamSpec("P")
OwnerView = Callable[Concatenate[HttpRequest, Mine, str, P], HttpResponse]

# What a small button does, and what is said afterwards.
ACTS = {
    "hide": partial(changes.show_name, shown=False),
    "show": partial(changes.show_name, shown=True),
    "keep-name": partial(changes.retain_name, kept=True),
    "let-name-go": partial(changes.retain_name, kept=False),
    "start-updates": partial(changes.want_updates, wanted=True),
    "stop-updates": partial(changes.want_updates, wanted=False),
}
SAID = {
    "hide": gettext_lazy("The name is no longer shown."),
    "show": gettext_lazy("The name is shown."),
    "keep-name": gettext_lazy("The name stays on the list after the other data is deleted."),
    "let-name-go": gettext_lazy("The name will be deleted with the other data."),
    "start-updates": gettext_lazy("You will get news about this letter."),
    "stop-updates": gettext_lazy("You will get no more news about this letter."),
    "correct": gettext_lazy("Your changes are saved."),
    "review": gettext_lazy(
        "Your changes are saved. A moderator will review them first; until then your signature is"
        " neither counted nor shown."
    ),
    "sign-newest": gettext_lazy("You have signed the newest version."),
    "get-mail": gettext_lazy("This site may write to you again."),
}


def owners(view: OwnerView[P]) -> Callable[..., HttpResponse]:
    """Find the signature of the token; answer other sites' forms and dead links with a page."""

    @csrf_exempt
    @private
    @wellformed
    @wraps(view)
    def checked(
        request: HttpRequest, token: str, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        try:
            signature = signature_of("mine", token)
        except tokens.BadToken as problem:
            return error_pages.bad_link(request, problem)
        if request.method == "POST" and is_cross_site(request):
            return error_pages.cross_site(request)
        mine = Mine(signature, LetterView(signature.translation, clock.now()))
        try:
            return view(request, mine, token, *args, **kwargs)
        except changes.NotNow:
            return _too_late(request, mine, token)

    return checked


def _too_late(request: HttpRequest, mine: Mine, token: str) -> HttpResponse:
    """Somebody else, or the same person in another tab, was faster."""
    return error_pages.notice(
        request,
        title=_("This is no longer possible"),
        text=_(
            "Your signature or the letter has changed since you opened the page. Please look at"
            " your signature again."
        ),
        actions=[_back(token), error_pages.read_letter(mine.letter)],
        status=409,
        letter=mine.letter,
    )


def _back(token: str) -> error_pages.Action:
    url = reverse("self_service:mine", args=[token])
    return {"label": _("Back to my signature"), "url": url, "method": "get"}


def _show_again(token: str, said: str) -> HttpResponse:
    return redirect(f"{reverse('self_service:mine', args=[token])}?done={said}")


@require_safe
@owners
def mine(request: HttpRequest, mine: Mine, token: str) -> HttpResponse:
    """Show everything that is known about a signature, with a button for each thing to do."""
    said = SAID.get(request.GET.get("done", ""), "")
    context = {
        "mine": mine,
        "letter": mine.letter,
        "newest": mine.newest,
        "token": token,
        "said": said,
        "confirm_url": _confirm_url(mine),
        **_removal(mine),
        "contact": settings.PRIVACY_CONTACT,
    }
    return render(request, "self_service/mine.html", context)


def _confirm_url(mine: Mine) -> str:
    token = tokens.make("confirm", mine.signature.public_id, generation=mine.signature.generation)
    return reverse("signatures:confirm", args=[token])


def _removal(mine: Mine) -> dict[str, object]:
    """Return why a signature is removed, and what its owner said to it, or where they can."""
    removal = removals.removal_of(mine.signature)
    if removal is None:
        return {}
    written = appeals.appeal_against(removal, mine.signature)
    token = tokens.make("appeal", mine.signature.public_id, generation=mine.signature.generation)
    return {
        "removal": removal,
        "appeal_url": "" if written else reverse("claims:appeal", args=[token]),
        "appeal_waits": written is not None and written.outcome == Appeal.Outcome.WAITING,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@owners
def correct(request: HttpRequest, mine: Mine, token: str) -> HttpResponse:
    """Show what a signatory said about themselves in a form, and take what is put right."""
    if not mine.is_standing:
        raise changes.NotNow
    form = CorrectForm(request.POST or None, signature=mine.signature)
    if request.method == "POST" and form.is_valid():
        try:
            held = changes.correct(
                mine.signature.pk,
                to=form.correction(),
                revision=form.seen_revision,
                now=mine.letter.now,
            )
            return _corrected(mine, token, held)
        except changes.ChangedMeanwhile as changed:
            form.show_again(changed.revision)
    context = {"mine": mine, "letter": mine.letter, "token": token, "form": form}
    status = 422 if form.errors else 200
    return render(request, "self_service/correct.html", context, status=status)


def _corrected(mine: Mine, token: str, held: bool) -> HttpResponse:
    if mine.signature.state == Signature.State.PENDING:
        confirm = _confirm_url(mine)  # where its words stand once more, and the button
        return redirect(f"{confirm}?done=correct" if mine.can_be_confirmed else confirm)
    return _show_again(token, "review" if held else "correct")


@require_POST
@owners
def act(_request: HttpRequest, mine: Mine, token: str, act: str) -> HttpResponse:
    """Hide or show the name; start or stop news."""
    if act not in ACTS:
        raise Http404
    ACTS[act](mine.signature.pk, now=mine.letter.now)
    return _show_again(token, act)


@require_POST
@owners
def get_mail(_request: HttpRequest, mine: Mine, token: str) -> HttpResponse:
    """Let this site write to the address again whose owner stopped all of its mail."""
    mail_choices.resume_mail(mine.signature)
    return _show_again(token, "get-mail")


@require_POST
@owners
def sign_newest(request: HttpRequest, mine: Mine, token: str) -> HttpResponse:
    """Let the signature belong to the newest text, if that is still the one that was shown."""
    text = letters.newest_text(mine.letter.translation)
    if request.POST.get("version") != str(text.version.number):
        raise changes.NotNow
    changes.sign_version(mine.signature.pk, text=text, now=mine.letter.now)
    return _show_again(token, "sign-newest")


@require_http_methods(["GET", "HEAD", "POST"])
@owners
def withdraw(request: HttpRequest, mine: Mine, token: str) -> HttpResponse:
    """Ask once more, then take the signature back."""
    if not mine.can_be_withdrawn:
        raise changes.NotNow
    if request.method == "POST":
        changes.withdraw(mine.signature.pk, now=mine.letter.now)
        return redirect("self_service:done", "withdrawn")
    return error_pages.notice(
        request,
        title=_("Withdraw your signature?"),
        text=_(
            "The number of signatures goes down by one at once, and the name is no longer shown."
            " Links in earlier e-mails stop working. You can sign again later."
        ),
        actions=[
            {"label": _("Withdraw my signature"), "url": request.path, "method": "post"},
            _back(token),
        ],
        status=200,
        letter=mine.letter,
    )


@require_safe
@owners
def download(request: HttpRequest, mine: Mine, token: str) -> HttpResponse:
    """Hand over everything that is held about the owner of the address, as JSON."""
    answer = flows.export(bytes(mine.signature.email_key), now=mine.letter.now)
    response = JsonResponse(answer, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response.headers["Content-Disposition"] = 'attachment; filename="my-signature.json"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@owners
def erase(request: HttpRequest, mine: Mine, token: str) -> HttpResponse:
    """Say what goes and what cannot, then delete it."""
    key = bytes(mine.signature.email_key)
    if request.method == "POST":
        everywhere = request.POST.get("where") == "everywhere"
        letter = None if everywhere else mine.signature.letter
        keep_count = request.POST.get("count") == "keep"
        flows.erase(Erasure(key, letter, keep_count), now=mine.letter.now)
        return redirect("self_service:done", "erased")
    others = Signature.objects.filter(email_key=key, erased_at=None).exclude(
        letter=mine.signature.letter_id
    )
    context = {
        "mine": mine,
        "letter": mine.letter,
        "token": token,
        "others": others.values("letter").distinct().count(),
    }
    return render(request, "self_service/erase.html", context)
