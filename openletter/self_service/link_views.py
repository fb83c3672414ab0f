"""Pages of signers that need no link yet, or no longer: send me mine; what was done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from openletter.letters.shortcuts import letter_or_redirect
from openletter.lib.db import clock
from openletter.lib.http.answer_classes import private
from openletter.lib.http.requests import client_network, is_cross_site, wellformed
from openletter.mail.limits import recipient_limits
from openletter.self_service import link_requests
from openletter.signatures import error_pages
from openletter.signatures.forms import AddressForm
from openletter.signatures.inbox import resending, typed_form

# Where an act ends that ends its link too: an address that says nothing about anybody (T31).
DONE = {
    "withdrawn": (
        gettext_lazy("You have withdrawn your signature"),
        gettext_lazy(
            "It is no longer counted or shown. We are e-mailing you a link with which you can see"
            " what is still stored, and delete it."
        ),
    ),
    "erased": (
        gettext_lazy("Your data is deleted"),
        gettext_lazy(
            "We have deleted your name, your address and everything else you told us. We cannot"
            " confirm this by e-mail, because we no longer have your address."
        ),
    ),
}


@require_safe
@private
def done(request: HttpRequest, what: str) -> HttpResponse:
    """Say what was done, at an address without a token."""
    if what not in DONE:
        raise Http404
    title, text = DONE[what]
    return error_pages.notice(
        request, title=str(title), text=str(text), actions=[error_pages.go_home()], status=200
    )


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private
@wellformed
def send_link(request: HttpRequest, slug: str) -> HttpResponse:
    """Send the link to a signature to its address on file; the same answer whoever asks (T43)."""
    letter = letter_or_redirect(slug, "self_service:send_link")
    if isinstance(letter, HttpResponse):
        return letter

    def send(email: str) -> None:
        link_requests.send_link(
            letter=letter.letter,
            email=email,
            language=get_language() or letter.language,
            network=client_network(request),
            now=clock.now(),
        )

    sent = reverse("self_service:link_sent", args=[slug])
    page = ("self_service/send_link.html", {"letter": letter})
    return _ask_for_address(request, send, leads_to=sent, page=page)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private
@wellformed
def link_sent(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what was sent, and take the address once more if it had stopped all mail."""
    letter = letter_or_redirect(slug, "self_service:link_sent")
    if isinstance(letter, HttpResponse):
        return letter

    def resume(email: str) -> None:
        resending.resume_once(
            reference=typed_form.reference_to(email, letter.letter.public_id),
            letter=letter.letter,
            network=client_network(request),
            now=clock.now(),
        )

    context = {
        "letter": letter,
        "limit": recipient_limits.FOR_ON_REQUEST,
        "problem": "asked_to_resume" if "resume" in request.GET else "",
    }
    resumed = f"{reverse('self_service:link_sent', args=[slug])}?resume=1"
    page = ("self_service/link_sent.html", context)
    return _ask_for_address(request, resume, leads_to=resumed, page=page)


def _ask_for_address(
    request: HttpRequest,
    act: Callable[[str], None],
    *,
    leads_to: str,
    page: tuple[str, dict[str, Any]],
) -> HttpResponse:
    """Show a page with the form for an address; act on the one that is sent, and lead on."""
    form = AddressForm(request.POST or None)
    if request.method == "POST":
        if is_cross_site(request):
            return error_pages.cross_site(request)
        if form.is_valid():
            act(form.cleaned_data["email"])
            return redirect(leads_to)
    template, context = page
    return render(request, template, {**context, "form": form}, status=422 if form.errors else 200)
