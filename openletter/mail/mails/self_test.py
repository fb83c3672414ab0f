"""A test mail to a member of staff: if it is read, mail leaves and arrives."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from openletter.lib.http.site import absolute
from openletter.mail.outbox.kinds import Owed

KIND = "mail.self_test"
TOPIC = "self-test"
TEMPLATE = "self_test"
LABEL = gettext_lazy("Mail self-test")


def context(owed: Owed) -> dict[str, Any] | None:
    """There is always something to say; the admin's index leads on from any package."""
    return {"admin_url": absolute(reverse("admin:index"))}
