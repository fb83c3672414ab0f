"""What makes the link for a new password good: once, for some days, for one password."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.tokens import PasswordResetTokenGenerator


class ResetTokens(PasswordResetTokenGenerator):
    """Django's, and not allauth's: that one asks the database more if there is an account."""


class SameAllDay(ResetTokens):
    """Makes tokens that `ResetTokens` takes; a copy of a mail carries the same one."""

    def _now(self) -> datetime:
        return super()._now().replace(hour=0, minute=0, second=0, microsecond=0)
