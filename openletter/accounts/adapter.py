"""What allauth does otherwise here, written for django-allauth 65.21 (a test compares).

All of it hangs on its public settings: ACCOUNT_RATE_LIMITS and MFA_RATE_LIMITS are off, as those
count in the cache, and ours count in PostgreSQL instead: passwords in `pre_authenticate` below,
codes and the other forms in forms.py (ACCOUNT_FORMS, MFA_FORMS), requests in decorators.py.
"""

from __future__ import annotations

from typing import Any, NoReturn
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from openletter.accounts import known_networks, login_attempts, second_factors
from openletter.accounts.models import User
from openletter.lib import crypto
from openletter.lib.db import clock
from openletter.lib.http.requests import client_address

WRITTEN_FOR = "65.21"
_BEGAN_AS = "login_began_as"
_LOOPBACK = {"127.0.0.1", "::1"}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is deactivated."),
        "email_password_mismatch": _(
            "The e-mail address or the password is wrong. Please check both and try again."
        ),
        "enter_current_password": _("This is not your current password. Please try again."),
        "incorrect_password": _("This is not the right password. Please try again."),
        "invalid_password_reset": _("This link no longer works. Please ask for a new one."),
        "too_many_login_attempts": _(
            "Too many attempts. Please wait five minutes, then try again."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by `./run manage createsuperuser`, in the admin, or by invitation."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> NoReturn:
        """Refuse: our mails are owed by flows, so that they wait for the relay and for limits."""
        raise NotImplementedError(f"No mail of ours stands for {template_prefix}.")

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    # --- Passwords ------------------------------------------------------------------------------

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count a password before it is looked at."""
        self._attempt = login_attempts.begin(
            login_attempts.PASSWORD,
            email=credentials.get("email", ""),
            network=known_networks.network_of(request),
            now=clock.now(),
        )
        if self._attempt is None:
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        if user is not None and self._attempt is not None:
            self._attempt.succeeded()
        return user

    def reauthenticate(self, user: User, password: str) -> bool:
        found = self.authenticate(self.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def set_password(self, user: User, password: str) -> None:
        """Take the network for a known one: it is the way in for owners whom strangers lock out.

        Whoever comes here has opened a link that was mailed to them, or typed the password before.
        """
        super().set_password(user, password)
        self._remember_network(self.request, user)

    # --- Logins ---------------------------------------------------------------------------------

    def pre_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse | None:
        """Note what the password was right for; the code may be typed minutes later."""
        request.session[_BEGAN_AS] = user.get_session_auth_hash()
        response: HttpResponse | None = super().pre_login(request, user, **options)
        return response

    def login(self, request: HttpRequest, user: User) -> None:
        began_as = request.session.pop(_BEGAN_AS, "")
        if not constant_time_compare(began_as, user.get_session_auth_hash()):
            # Password or second factor were changed meanwhile, which ends every session.
            request.session.flush()
            raise ImmediateHttpResponse(redirect("account_login"))
        super().login(request, user)
        self._remember_network(request, user)

    def _remember_network(self, request: HttpRequest, user: User) -> None:
        network = known_networks.network_of(request)
        if network is not None:
            known_networks.remember(network, user=user, now=clock.now())

    def get_reauthentication_methods(
        self, user: AbstractBaseUser | AnonymousUser
    ) -> list[dict[str, Any]]:
        """A password alone is not enough for what needs the second factor."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        by_code = second_factors.of(user) is not None
        return [method for method in methods if method["id"].startswith("mfa_") == by_code]


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Secrets of authenticator apps, and what recovery codes are made of, encrypted (T56)."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_generate_recovery_codes": _(
            "Please set up an authenticator app or a passkey first."
        ),
        "incorrect_code": _("This code is wrong or was used before. Please enter the next one."),
    }

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Bind passkeys to the host of SITE_URL, whatever a request calls it.

        Browsers make none for a number, so that of this machine goes by its name.
        """
        host = urlsplit(settings.SITE_URL).hostname or ""
        return {
            "id": "localhost" if host in _LOOPBACK else host,
            "name": settings.SITE_NAME,
        }

    def encrypt(self, text: str) -> str:
        return crypto.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(encrypted_text)
