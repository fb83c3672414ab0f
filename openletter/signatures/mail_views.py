"""The pages behind the links at the foot of every mail: GET shows a button, only POST acts."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from openletter.letters.reading import LetterView
from openletter.lib import clock, tokens
from openletter.lib.caching import private
from openletter.lib.http import is_cross_site, wellformed
from openletter.signatures import disowning, notices
from openletter.signatures.finding import signature_of
from openletter.signatures.models import COUNTED, Signature

_YOU_SEE_WHAT_WAITS = gettext_lazy(
    "Press the button and this site writes to your address again when there is something about"
    " your signature. Then you see what you are about to sign."
)
_YOU_SEE_YOURS = gettext_lazy(
    "Press the button and this site writes to your address again when there is something about"
    " your signature. Then you see your signature and can change it or withdraw it."
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
        return notices.unknown_link(request)
    if request.method != "POST":
        return _ask(
            request,
            signature,
            title=gettext_lazy("Was this not you?"),
            text=gettext_lazy(
                "Press the button and the signature made with your address is taken back."
                " We will send you nothing more about this letter."
            ),
            label=gettext_lazy("It was not me: take it back"),
        )
    if is_cross_site(request):
        return notices.cross_site(request)
    disowning.not_me(signature, now=clock.now())
    return _done(
        request,
        signature,
        title=_("Taken back"),
        text=_(
            "Nothing stands under this letter in your name. You will get no more e-mails about it."
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
        return notices.unknown_link(request)
    if request.method != "POST":
        return _ask(
            request,
            signature,
            title=gettext_lazy("No more e-mails from this site?"),
            text=gettext_lazy(
                "Press the button and this site will never write to your address again, about"
                " any letter. A signature that you confirmed stays."
            ),
            label=gettext_lazy("Stop all e-mails"),
        )
    if is_cross_site(request):
        return notices.cross_site(request)
    disowning.stop_all_mail(signature, now=clock.now())
    return _done(
        request,
        signature,
        title=_("No more e-mails"),
        text=_("This site will not write to your address again."),
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
        return notices.bad_link(request, problem)
    counts = signature.state in COUNTED
    if request.method != "POST":
        return _ask(
            request,
            signature,
            title=gettext_lazy("Do you want e-mails from this site again?"),
            text=_YOU_SEE_YOURS if counts else _YOU_SEE_WHAT_WAITS,
            label=gettext_lazy("Send me e-mails again"),
        )
    if is_cross_site(request):
        return notices.cross_site(request)
    disowning.resume_mail(signature)
    purpose, view = ("mine", "privacy:mine") if counts else ("confirm", "signatures:confirm")
    token = tokens.make(purpose, signature.public_id, generation=signature.generation)
    return redirect(view, token)


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
        return notices.unknown_link(request)
    if request.method != "POST":
        return _ask(
            request,
            signature,
            title=gettext_lazy("No more updates on this letter?"),
            text=gettext_lazy(
                "Your signature stays. You will just get no more news about the letter."
            ),
            label=gettext_lazy("Stop updates"),
        )
    disowning.stop_updates(signature)
    return _done(
        request,
        signature,
        title=_("No more updates"),
        text=_("You will get no more news about this letter. Your signature stays."),
    )


def _ask(
    request: HttpRequest, signature: Signature, *, title: Promise, text: Promise, label: Promise
) -> HttpResponse:
    letter = LetterView(signature.translation, clock.now())
    return notices.notice(
        request,
        title=str(title),
        text=str(text),
        actions=[
            {"label": str(label), "url": request.path, "method": "post"},
            notices.read_letter(letter),
        ],
        status=200,
        letter=letter,
    )


def _done(request: HttpRequest, signature: Signature, *, title: str, text: str) -> HttpResponse:
    letter = LetterView(signature.translation, clock.now())
    return notices.notice(
        request,
        title=title,
        text=text,
        actions=[notices.read_letter(letter), notices.go_home()],
        status=200,
        letter=letter,
    )
