"""What is kept of a signature: for everybody, without a link."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from openletter.letters.shortcuts import letter_or_redirect
from openletter.lib.http.answer_classes import public
from openletter.lib.http.site import absolute
from openletter.lib.people import network_owners
from openletter.signatures import external_opinion, judgement


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
        "knows_networks": network_owners.is_known(),
        "asks_program": external_opinion.is_asked(letter.letter.pk),
        "tells_program_address": settings.EXTERNAL_RULE_SENDS_ADDRESSES,
        "canonical_url": absolute(reverse("privacy:letter", args=[slug])),
    }
    return render(request, "privacy/letter.html", context)
