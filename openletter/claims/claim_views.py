"""A quiet door under each public name: is this you, and you did not sign? GET changes nothing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from openletter.claims import claiming
from openletter.claims.forms import ClaimForm
from openletter.claims.models import Claim
from openletter.letters.queries import letters
from openletter.letters.queries.letters import LetterView
from openletter.letters.shortcuts import letter_or_redirect
from openletter.lib import tokens
from openletter.lib.db import clock
from openletter.lib.http.answer_classes import private
from openletter.lib.http.requests import client_network, is_cross_site, wellformed
from openletter.mail.models import SuppressedAddress
from openletter.mail.outbox import suppression
from openletter.signatures import error_pages
from openletter.signatures.models import Signature

_LARGEST_PLACE = 2**31 - 1


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private
@wellformed
def claim(request: HttpRequest, slug: str, place: int) -> HttpResponse:
    """Ask what is wrong about an entry of the public list; the same answer whoever asks (T07)."""
    letter = letter_or_redirect(slug, "claims:claim", place)
    if isinstance(letter, HttpResponse):
        return letter
    if request.method == "POST" and is_cross_site(request):
        return error_pages.cross_site(request)
    signature = _entry(letter, place)
    if signature is None:
        return _not_listed(request, letter)
    form = ClaimForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        claiming.claim(
            signature,
            wrong=Claim.Wrong(form.cleaned_data["wrong"]),
            email=form.cleaned_data["email"],
            message=form.cleaned_data["message"],
            language=get_language() or letter.language,
            network=client_network(request),
            now=letter.now,
        )
        return redirect("claims:sent", slug)
    context = {"letter": letter, "signer": signature, "place": place, "form": form}
    return render(request, "claims/claim.html", context, status=422 if form.errors else 200)


def _entry(letter: LetterView, place: int) -> Signature | None:
    """Return the public entry at a place of the list, and nobody else's."""
    named = Signature.objects.named().filter(letter=letter.letter)
    found = named.filter(ledger_index=min(place, _LARGEST_PLACE)).defer("email").first()
    if found is not None:
        found.letter = letter.letter
    return found


def _not_listed(request: HttpRequest, letter: LetterView) -> HttpResponse:
    return error_pages.notice(
        request,
        title=_("This name is not on the list"),
        text=_("It may have been withdrawn, hidden or removed since you opened the page."),
        actions=[_back(letter)],
        status=404,
        letter=letter,
    )


def _back(letter: LetterView) -> error_pages.Action:
    url = reverse("pages:signatories", args=[letter.slug])
    return {"label": _("See who signed"), "url": url, "method": "get"}


@require_safe
@private
def sent(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what happens next, to everybody who sent the form."""
    letter = letter_or_redirect(slug, "claims:sent")
    if isinstance(letter, HttpResponse):
        return letter
    return error_pages.notice(
        request,
        title=_("Please confirm by e-mail"),
        text=_(
            "We have sent an e-mail to the address you gave. Please open the link in it and press"
            " the button: then a moderator looks at the name."
        ),
        actions=[_back(letter)],
        status=200,
        letter=letter,
    )


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private
@wellformed
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Show what was claimed, and one button; only its POST confirms (T01)."""
    row = _claim_of("claim", token)
    if row is None:
        return error_pages.unknown_link(request)
    if request.method == "POST" and is_cross_site(request):
        return error_pages.cross_site(request)
    letter = letters.letter_with_id(row.letter.public_id, get_language() or row.language)
    try:
        claiming.check_open(row, letter.now)
        if request.method == "POST":
            claiming.confirm(row.pk, now=letter.now)
            return redirect("claims:confirm", token)
    except claiming.NoLongerOpen:
        return _not_listed(request, letter)
    context = {"letter": letter, "claim": row, "signer": row.signature, "token": token}
    return render(request, "claims/confirm.html", context)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private
@wellformed
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Send no more mail to the address of a claim, once the button is pressed."""
    row = _claim_of("claim_stop", token)
    if row is None:
        return error_pages.unknown_link(request)
    if request.method == "POST":
        if is_cross_site(request):
            return error_pages.cross_site(request)
        suppression.suppress(
            email_key=bytes(row.email_key),
            topic=suppression.EVERYTHING,
            reason=SuppressedAddress.Reason.STOP,
            now=clock.now(),
        )
    is_stopped = suppression.is_suppressed(bytes(row.email_key), suppression.EVERYTHING)
    press = {"label": _("Stop all e-mails"), "url": request.path, "method": "post"}
    return error_pages.notice(
        request,
        title=_("All e-mails are stopped") if is_stopped else _("Stop all e-mails?"),
        text=_("This site will send no more e-mails to your address.")
        if is_stopped
        else _("This site will then send no e-mail to your address any more."),
        actions=[error_pages.go_home()] if is_stopped else [press],
        status=200,
    )


def _claim_of(purpose: str, token: str) -> Claim | None:
    try:
        return claiming.claim_of(tokens.read(purpose, token).public_id)
    except tokens.BadToken:
        return None
