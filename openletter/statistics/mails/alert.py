"""Something under a letter should not wait: what is true when the mail leaves."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from openletter.letters.models import Letter
from openletter.lib.db import clock
from openletter.lib.http.site import absolute
from openletter.mail.outbox.kinds import Owed
from openletter.statistics import alerts

TEMPLATE = "moderators_alert"
LABEL = gettext_lazy("Alert to moderators")


def context(owed: Owed) -> dict[str, Any] | None:
    """Nothing to say when it is over."""
    letter = Letter.objects.filter(public_id=owed.about).first()
    if letter is None:
        return None
    facts = alerts.facts_of(letter, now=clock.now())
    if not facts.kinds:
        return None
    return {
        "letter": letter,
        "facts": facts,
        "queue_url": absolute(f"{reverse('admin:signatures_signature_queue')}?letter={letter.pk}"),
        "trends_url": absolute(reverse("statistics:trends", args=[letter.pk])),
        "choose_url": absolute(reverse("statistics:alerts")),
    }
