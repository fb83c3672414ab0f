"""allauth's forms for passkeys: of this site only, counted, and whatever is sent is an answer."""

from __future__ import annotations

import json
from binascii import Error as NotBase64
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from fido2.utils import websafe_decode

from openletter.accounts import known_networks, login_attempts, second_factors
from openletter.lib.db import clock

LONGEST_NAME = 60
_LONGEST = 20_000  # characters of what a device says; they need two thousand
_WRONG_SITE = _("This passkey was asked for at another address. Please go to {site} and try again.")
_NOT_TAKEN = _("This passkey was not accepted. Please try again.")
# What allauth and fido2 raise about what is no answer of a device.
_NONSENSE = (AttributeError, IndexError, KeyError, LookupError, NotBase64, TypeError, ValueError)


def _check_origin(credential: Any) -> None:
    """Refuse what was signed for another address: fido2 would allow every host below ours."""
    said = json.loads(websafe_decode(credential["response"]["clientDataJSON"]))
    origin, ours = urlsplit(str(said["origin"])), urlsplit(settings.SITE_URL)
    is_ours = (origin.scheme, origin.netloc) == (ours.scheme, ours.netloc)
    is_this_machine = not settings.IS_HTTPS and origin.hostname == "localhost"
    if not is_ours and not is_this_machine:
        raise ValidationError(str(_WRONG_SITE).format(site=settings.SITE_URL))


def _read(credential: Any, look: Callable[[], Any]) -> Any:
    """Look at what a device said; whatever it is, the answer is a sentence."""
    try:
        if len(json.dumps(credential)) > _LONGEST:
            raise ValidationError(_NOT_TAKEN)
        _check_origin(credential)
        return look()
    except ValidationError as error:
        if getattr(error, "code", "") == "incorrect_code":
            raise ValidationError(_NOT_TAKEN) from error
        raise
    except _NONSENSE as error:
        raise ValidationError(_NOT_TAKEN) from error


class AddForm(AddWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """A new passkey, by a name that tells it from others."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Every passkey can log in by itself (MFA_WEBAUTHN_USER_VERIFICATION).
        del self.fields["passwordless"]
        name = self.fields["name"]
        name.label = _("Name")
        name.help_text = _("So that you recognise it later, such as “laptop” or “blue key”.")
        name.max_length = LONGEST_NAME
        name.widget.attrs |= {"maxlength": LONGEST_NAME, "autocomplete": "off"}
        name.initial = self.initial["name"] = ""

    def clean_name(self) -> str:
        """Take it without one, too: the device has made it already."""
        name = self.cleaned_data["name"].replace("\x00", "").strip()[:LONGEST_NAME]
        return name or str(_("Passkey"))

    def clean(self) -> dict[str, Any]:
        credential = self.cleaned_data.get("credential")
        if credential is None:
            raise ValidationError(_NOT_TAKEN)
        cleaned: dict[str, Any] = _read(credential, super().clean)
        return cleaned


class _Counted:
    """What a device says about an account whose owner we know, counted like a code."""

    user: Any
    cleaned_data: dict[str, Any]

    def clean_credential(self) -> Authenticator:
        network = known_networks.network_of(context.request)
        attempt = login_attempts.begin(
            login_attempts.CODE, email=self.user.email, network=network, now=clock.now()
        )
        if attempt is None:
            raise get_adapter().validation_error("too_many_login_attempts")
        look = super().clean_credential  # type: ignore[misc]  # of the form beside this class
        found = _read(self.cleaned_data["credential"], look)
        attempt.succeeded()
        return found

    def save(self) -> None:
        super().save()  # type: ignore[misc]  # of the form beside this class
        second_factors.note_given(context.request, self.user)


class SecondStepForm(_Counted, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey instead of a code, after the password."""


class AgainForm(_Counted, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """Asked before something that needs the second factor."""


class AtOnceForm(LoginWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """A passkey alone. Nothing here can be guessed, so that only the network has a limit."""

    def clean_credential(self) -> Authenticator:
        return _read(self.cleaned_data["credential"], super().clean_credential)
