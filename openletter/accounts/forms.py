"""allauth's forms with our limits: nothing is guessed without being counted in PostgreSQL.

And in our words, as theirs are of another tone, and call people "du" in German.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ReauthenticateForm as AllauthReauthenticateForm
from allauth.account.forms import ResetPasswordForm, ResetPasswordKeyForm
from allauth.account.forms import SetPasswordForm as AllauthSetPasswordForm
from allauth.core import context
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as AllauthCodeAgainForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from openletter.accounts import flows, known_networks, login_attempts, second_factors, used_codes
from openletter.accounts.login_attempts import Attempt
from openletter.lib.db import clock
from openletter.rate_limits.tries import Limit

_LABELS = {
    "login": _("E-mail address"),
    "email": _("E-mail address"),
    "password": _("Password"),
    "remember": _("Keep me signed in"),
    "oldpassword": _("Current password"),
    "password1": _("New password"),
    "password2": _("New password, once more"),
    "code": _("Code"),
}


class _InOurWords:
    """A label above each field, and none inside it as well."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = _LABELS.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)
            field.error_messages["required"] = _("Please fill in this field.")

    def add_error(self, field: str | None, error: Any) -> None:
        # The one error that allauth adds as bare words: the new password and its repetition differ.
        if field == "password2" and not isinstance(error, ValidationError):
            error = _("The two passwords differ. Please type the same one twice.")
        super().add_error(field, error)  # type: ignore[misc]  # of the form beside this class


def _begin(secret: tuple[Limit, ...], email: str) -> Attempt:
    network = known_networks.network_of(context.request)
    attempt = login_attempts.begin(secret, email=email, network=network, now=clock.now())
    if attempt is None:
        raise get_adapter().validation_error("too_many_login_attempts")
    return attempt


class LoginForm(_InOurWords, AllauthLoginForm):  # type: ignore[misc]  # allauth has no types
    """The first step of a login; the adapter counts it."""


class ReauthenticateForm(_InOurWords, AllauthReauthenticateForm):  # type: ignore[misc]
    """The password once more; the adapter counts it."""


class SetPasswordForm(_InOurWords, AllauthSetPasswordForm):  # type: ignore[misc]
    """The first password of an account without one."""


class NewPasswordForm(_InOurWords, ResetPasswordKeyForm):  # type: ignore[misc]
    """Behind the link in a mail."""


class ForgottenPasswordForm(_InOurWords, ResetPasswordForm):  # type: ignore[misc]
    """Asks about an address, and does not look itself who it belongs to."""

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def save(self, request: HttpRequest, **_options: Any) -> str:
        flows.ask_for_new_password(
            email=self.cleaned_data["email"],
            language=get_language() or settings.LANGUAGE_CODE,
            now=clock.now(),
        )
        return str(self.cleaned_data["email"])


class ChangePasswordForm(_InOurWords, AllauthChangePasswordForm):  # type: ignore[misc]
    def clean_oldpassword(self) -> str:
        attempt = _begin(login_attempts.PASSWORD, self.user.email)
        password: str = super().clean_oldpassword()
        attempt.succeeded()
        return password


class _CountedCode(_InOurWords):
    """A code that is counted, good once, and noted in the session."""

    user: Any
    authenticator: Any

    def clean_code(self) -> str:
        attempt = _begin(login_attempts.CODE, self.user.email)
        code: str = super().clean_code()  # type: ignore[misc]  # of the form beside this class
        # Recovery codes are ticked off by allauth, in the same row and under its lock.
        if self.authenticator.type == Authenticator.Type.TOTP:
            _use_up(self.user, code)
        attempt.succeeded()
        return code

    def save(self) -> None:
        super().save()  # type: ignore[misc]  # of the form beside this class
        second_factors.note_given(context.request, self.user)


class CodeForm(_CountedCode, AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    """The second step of a login."""


class CodeAgainForm(_CountedCode, AllauthCodeAgainForm):  # type: ignore[misc]  # allauth has no types
    """Asked before something that needs the second factor."""


class SetUpForm(_InOurWords, ActivateTOTPForm):  # type: ignore[misc]  # allauth has no types
    """The first code of a new authenticator app; it opens nothing later."""

    def clean_code(self) -> str:
        attempt = _begin(login_attempts.CODE, self.user.email)
        code: str = super().clean_code()
        _use_up(self.user, code)
        attempt.succeeded()
        return code


def _use_up(user: Any, code: str) -> None:
    if not used_codes.use(user, code, now=clock.now()):
        raise get_mfa_adapter().validation_error("incorrect_code")
