"""Pages about data that need no link: send me my link, what is kept, what was done."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from openletter.letters.views import letter_or_redirect
from openletter.lib import clock
from openletter.lib.caching import private, public
from openletter.lib.http import client_network, is_cross_site, wellformed
from openletter.lib.site import absolute
from openletter.signatures import access, judgement, notices
from openletter.signatures.forms import AddressForm

# Where an act ends that ends its link too: an address that says nothing about anybody (T31).
DONE = {
    "withdrawn": (
        gettext_lazy("Your signature is withdrawn"),
        gettext_lazy(
            "It is no longer counted or shown. An e-mail says so too; its link leads to what is"
            " still kept, and lets you delete it."
        ),
    ),
    "erased": (
        gettext_lazy("Your data is deleted"),
        gettext_lazy(
            "Your name, your address and everything else you told us is gone. No e-mail about it"
            " will follow, because we no longer know where to."
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
    return notices.notice(
        request, title=str(title), text=str(text), actions=[notices.go_home()], status=200
    )


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private
@wellformed
def send_link(request: HttpRequest, slug: str) -> HttpResponse:
    """Send the link to a signature to its address on file; the same answer whoever asks (T43)."""
    letter = letter_or_redirect(slug, "privacy:send_link")
    if isinstance(letter, HttpResponse):
        return letter
    form = AddressForm(request.POST or None)
    if request.method == "POST":
        if is_cross_site(request):
            return notices.cross_site(request)
        if form.is_valid():
            access.send_link(
                letter=letter.letter,
                email=form.cleaned_data["email"],
                language=get_language() or letter.language,
                network=client_network(request),
                now=clock.now(),
            )
            return redirect("privacy:link_sent", slug)
    status = 422 if form.errors else 200
    return render(
        request, "privacy/send_link.html", {"letter": letter, "form": form}, status=status
    )


@require_safe
@private
def link_sent(request: HttpRequest, slug: str) -> HttpResponse:
    letter = letter_or_redirect(slug, "privacy:link_sent")
    if isinstance(letter, HttpResponse):
        return letter
    return notices.notice(
        request,
        title=_("Check your inbox"),
        text=_(
            "If this address signed the letter, the link to its signature is on its way. We send it"
            " once an hour at most. If you asked us to stop all e-mails, none will come: then write"
            " to the address on the privacy page."
        ),
        actions=[notices.read_letter(letter), notices.what_is_kept(letter)],
        status=200,
        letter=letter,
    )


@require_safe
@public
def letter_privacy(request: HttpRequest, slug: str) -> HttpResponse:
    """What is kept of a signature, why, and for how long: with the numbers that are really set."""
    letter = letter_or_redirect(slug, "privacy:letter")
    if isinstance(letter, HttpResponse):
        return letter
    context = {
        "letter": letter,
        "contact": settings.PRIVACY_CONTACT,
        "link_days": judgement.LINK_LASTS.days,
        "unconfirmed_days": settings.KEEP_UNCONFIRMED_DAYS,
        "network_days": settings.KEEP_NETWORKS_DAYS,
        "mail_days": settings.KEEP_MAILS_DAYS,
        "months": letter.letter.retention_months,
        "canonical_url": absolute(reverse("privacy:letter", args=[slug])),
    }
    return render(request, "privacy/letter.html", context)
