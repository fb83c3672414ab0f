"""allauth's views for passkeys: adding or removing one ends the other sessions (T48)."""

from __future__ import annotations

import json
from typing import Any

from allauth.mfa.base.views import AuthenticateView, ReauthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    LoginWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils.http import urlencode

from openletter.accounts import flows, second_factors
from openletter.accounts.passkeys.forms import AddForm, AgainForm, AtOnceForm, SecondStepForm
from openletter.accounts.views import keep_this_session
from openletter.lib.db import clock


def _has_passkeys(user: Any) -> bool:
    own = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN)
    return bool(own.exists())


def _record(request: HttpRequest, action: str) -> None:
    flows.record_passkey(request.user, action=action, now=clock.now())  # type: ignore[arg-type]


def _to_ask(options: dict[str, Any]) -> dict[str, str]:
    """Return what the script tells the browser (static/js/passkeys.js)."""
    return {"passkey_options": json.dumps(options["publicKey"], default=dict)}


class Add(AddWebAuthnView):  # type: ignore[misc]  # allauth has no types
    form_class = AddForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Ask for one that can log in by itself, and that this account has not yet."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | _to_ask(auth.begin_registration(self.request.user, passwordless=True))

    def form_valid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        _record(self.request, "add passkey")
        keep_this_session(self.request)
        return response


class Remove(RemoveWebAuthnView):  # type: ignore[misc]  # allauth has no types
    success_url = reverse_lazy("mfa_index")

    def form_valid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        _record(self.request, "remove passkey")
        keep_this_session(self.request)
        return response


class SecondStep(AuthenticateView):  # type: ignore[misc]  # allauth has no types
    webauthn_form_class = SecondStepForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        if not _has_passkeys(self.stage.login.user):
            return context
        return context | _to_ask(context["js_data"]["request_options"])


class CodeAgain(ReauthenticateView):  # type: ignore[misc]  # allauth has no types
    """Asks for a code or a passkey; the latter is sent to the next view."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        if not _has_passkeys(self.request.user):
            return context
        return context | _to_ask(auth.begin_authentication(self.request.user))


class Again(ReauthenticateWebAuthnView):  # type: ignore[misc]  # allauth has no types
    form_class = AgainForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._to_the_page()

    def form_invalid(self, form: Form) -> HttpResponse:
        _tell(self.request, form)
        return self._to_the_page()

    def form_valid(self, form: Form) -> HttpResponse:
        second_factors.note_given(self.request, self.request.user)
        response: HttpResponse = super().form_valid(form)
        return response

    def _to_the_page(self) -> HttpResponse:
        then = self.request.POST.get(REDIRECT_FIELD_NAME) or self.request.GET.get(
            REDIRECT_FIELD_NAME, ""
        )
        query = f"?{urlencode({REDIRECT_FIELD_NAME: then})}" if then else ""
        return redirect(f"{reverse('mfa_reauthenticate')}{query}")


class AtOnce(LoginWebAuthnView):  # type: ignore[misc]  # allauth has no types
    form_class = AtOnceForm

    def form_invalid(self, form: Form) -> HttpResponse:
        _tell(self.request, form)
        return redirect("account_login")

    def form_valid(self, form: Form) -> HttpResponse:
        """Its device asked who holds it, so that it is both factors."""
        second_factors.note_given(self.request, form.cleaned_data["credential"].user)
        response: HttpResponse = super().form_valid(form)
        return response


def _tell(request: HttpRequest, form: Form) -> None:
    for error in form.errors.get("credential", []):
        messages.error(request, str(error))
