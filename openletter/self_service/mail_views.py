"""The pages behind the links at the foot of every mail: GET shows a button, only POST acts."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from openletter.letters.queries.letters import LetterView
from openletter.lib import tokens
from openletter.lib.db import clock
from openletter.lib.http.answer_classes import private
from openletter.lib.http.requests import is_cross_site, wellformed
from openletter.self_service import mail_choices
from openletter.signatures import error_pages
from openletter.signatures.links import signature_of
from openletter.signatures.models import COUNTED, Signature

_YOU_SEE_WHAT_WAITS = gettext_lazy(
    "Press the button to let this site write to you about your signature again. You will then see"
    " what you are about to sign."
)
_YOU_SEE_YOURS = gettext_lazy(
    "Press the button to let this site write to you about your signature again. You will then see"
    " your signature, and can change it or withdraw it."
)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private
@wellformed
def not_me(request: HttpRequest, token: str) -> HttpResponse:
    """Withdraw or drop a signature that somebody else made, before or after its confirmation."""
    try:
        signature = signature_of("not_me", token, whenever_made=True)
    except tokens.BadToken:
        return error_pages.unknown_link(request)
    if request.method != "POST":
        return _ask(
            request,
            signature,
            title=gettext_lazy("Did somebody else sign with your address?"),
            text=gettext_lazy(
                "Press the button to take back whatever was signed with your address. We won’t"
                " send you anything more about this letter, and it can no longer be signed with"
                " your address, not by you either."
            ),
            label=gettext_lazy("It wasn’t me: take it back"),
        )
    if is_cross_site(request):
        return error_pages.cross_site(request)
    mail_choices.not_me(signature, now=clock.now())
    return _done(
        request,
        signature,
        title=_("Taken back"),
        text=_(
            "No signature with your address is on this letter now. You will get no more e-mails"
            " about it, and it can no longer be signed with your address. If you want to sign it"
            " one day, please use another address."
        ),
    )


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private
@wellformed
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Send no mail of any kind to this address again."""
    try:
        signature = signature_of("stop", token, whenever_made=True)
    except tokens.BadToken:
        return error_pages.unknown_link(request)
    if request.method != "POST":
        return _ask(
            request,
            signature,
            title=gettext_lazy("Stop all e-mails from this site?"),
            text=gettext_lazy(
                "Press the button, and this site will never write to your address again, about"
                " any letter. A signature that you have confirmed stays."
            ),
            label=gettext_lazy("Stop all e-mails"),
        )
    if is_cross_site(request):
        return error_pages.cross_site(request)
    mail_choices.stop_all_mail(signature, now=clock.now())
    return _done(
        request,
        signature,
        title=_("No more e-mails"),
        text=_(
            "This site won’t write to your address again. If you change your mind, choose “Already"
            " signed?” below a letter that you signed: there you can ask for a single e-mail with"
            " the button “Send me e-mails again”."
        ),
    )


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private
@wellformed
def resume(request: HttpRequest, token: str) -> HttpResponse:
    """Send mail again to an address that stopped all of it; lead to what waits or counts there."""
    try:
        signature = signature_of("resume", token)
    except tokens.BadToken as problem:
        return error_pages.bad_link(request, problem)
    counts = signature.state in COUNTED
    if request.method != "POST":
        return _ask(
            request,
            signature,
            title=gettext_lazy("Get e-mails from this site again?"),
            text=_YOU_SEE_YOURS if counts else _YOU_SEE_WHAT_WAITS,
            label=gettext_lazy("Send me e-mails again"),
        )
    if is_cross_site(request):
        return error_pages.cross_site(request)
    mail_choices.resume_mail(signature)
    purpose, view = ("mine", "self_service:mine") if counts else ("confirm", "signatures:confirm")
    token = tokens.make(purpose, signature.public_id, generation=signature.generation)
    return redirect(f"{reverse(view, args=[token])}?done=get-mail")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Stop updates on one letter. Mail programs POST here by themselves (RFC 8058), so no check
    of the sender: the token in the address is the permission. Nor of the body, which is not read:
    some send it in an encoding of their own, some send none."""
    try:
        signature = signature_of("unsubscribe", token, whenever_made=True)
    except tokens.BadToken:
        return error_pages.unknown_link(request)
    if request.method != "POST":
        return _ask(
            request,
            signature,
            title=gettext_lazy("Unsubscribe from news about this letter?"),
            text=gettext_lazy(
                "Your signature stays. You just won’t get any more news about the letter."
            ),
            label=gettext_lazy("Unsubscribe"),
        )
    mail_choices.stop_updates(signature, now=clock.now())
    return _done(
        request,
        signature,
        title=_("You have unsubscribed"),
        text=_("You will get no more news about this letter. Your signature stays."),
    )


def _ask(
    request: HttpRequest, signature: Signature, *, title: Promise, text: Promise, label: Promise
) -> HttpResponse:
    letter = LetterView(signature.translation, clock.now())
    return error_pages.notice(
        request,
        title=str(title),
        text=str(text),
        actions=[
            {"label": str(label), "url": request.path, "method": "post"},
            error_pages.read_letter(letter),
        ],
        status=200,
        letter=letter,
    )


def _done(request: HttpRequest, signature: Signature, *, title: str, text: str) -> HttpResponse:
    letter = LetterView(signature.translation, clock.now())
    return error_pages.notice(
        request,
        title=title,
        text=text,
        actions=[error_pages.read_letter(letter), error_pages.go_home()],
        status=200,
        letter=letter,
    )
