"""Join a team: the link, signed and stored nowhere."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from openletter.accounts.models import Invitation
from openletter.lib import tokens
from openletter.lib.db import clock
from openletter.lib.http.site import absolute
from openletter.mail.outbox.kinds import Owed

TEMPLATE = "invitation"
LABEL = gettext_lazy("Invitation to a team")
PURPOSE = "invitation"


def context(owed: Owed) -> dict[str, Any] | None:
    """Nothing to say to who was invited once more meanwhile, or no longer is."""
    rows = Invitation.objects.select_related("team").filter(public_id=owed.about)
    invitation = rows.open(clock.now()).first()
    if invitation is None:
        return None
    token = tokens.make(PURPOSE, invitation.public_id)
    return {
        "invitation_url": absolute(reverse("accounts_invitation", args=[token])),
        "team": invitation.team.name,
        "role": invitation.get_role_display(),
        "until": invitation.expires_at,
    }
