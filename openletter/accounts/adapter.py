"""allauth's adapter: nobody opens an account by themselves, and mail goes through the outbox."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from openletter.accounts import flows
from openletter.lib import clock


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by the operator: `./run manage createsuperuser`, or in the admin."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Owe our own mail instead of sending allauth's, whose link would be made here and now.

        It goes to the address of the account, however the one that was typed is spelled.
        """
        if template_prefix != "account/email/password_reset_key":
            raise NotImplementedError(f"No mail of ours stands for {template_prefix}.")
        flows.ask_for_new_password(
            user_id=context["user"].pk,
            language=get_language() or settings.LANGUAGE_CODE,
            now=clock.now(),
        )
