"""Choose a new password: the link, made when the mail leaves and stored nowhere."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy

from openletter.accounts.models import User
from openletter.accounts.reset_tokens import SameAllDay
from openletter.lib.http.site import absolute
from openletter.mail.outbox.kinds import Owed

TEMPLATE = "password_reset"
LABEL = gettext_lazy("Link for a new password")


def context(owed: Owed) -> dict[str, Any] | None:
    """Nothing to say to who was dismissed meanwhile."""
    user = User.objects.filter(public_id=owed.about, is_active=True).first()
    if user is None:
        return None
    names = {"uidb36": user_pk_to_url_str(user), "key": SameAllDay().make_token(user)}
    return {
        "reset_url": absolute(reverse("account_reset_password_from_key", kwargs=names)),
        # One less, because the token says that it was made at the start of the day.
        "days": timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT).days - 1,
    }
