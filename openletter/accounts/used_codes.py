"""A code of an authenticator app is good once, whatever the cache remembers (T54)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import QuerySet

from openletter.accounts.models import UsedCode
from openletter.lib import crypto
from openletter.lib.db.statements import row_of

# Well over the time in which a code is right (MFA_TOTP_TOLERANCE). The same digits are right again
# one day.
_KEPT = timedelta(minutes=10)

_USE = """
INSERT INTO accounts_usedcode AS used (user_id, code_key, used_at)
VALUES (%(user)s, %(key)s, %(now)s)
ON CONFLICT (user_id, code_key) DO UPDATE SET used_at = EXCLUDED.used_at
    WHERE used.used_at < %(oldest)s
RETURNING id
"""


def use(user: AbstractBaseUser, code: str, *, now: datetime) -> bool:
    """Use a right code up; False when it was used already. Of two at the same time, one is first.

    allauth takes a code however it is punctuated, so only its digits count.
    """
    digits = "".join(sign for sign in code if sign.isdigit())
    key = crypto.lookup_key("used code", digits)
    asked = {"user": user.pk, "key": key, "now": now, "oldest": now - _KEPT}
    return row_of(_USE, asked) is not None


def old(now: datetime) -> QuerySet[UsedCode]:
    """Codes that could not be used any more anyway."""
    return UsedCode.objects.filter(used_at__lt=now - _KEPT)
