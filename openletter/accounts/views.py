"""allauth's views, where setting up or removing a second factor ends the other sessions (T48).

That the others end is not done here: their hash no longer fits (`User.get_session_auth_hash`).
"""

from __future__ import annotations

from typing import Any

from allauth.mfa.base.views import IndexView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.forms import Form
from django.http import HttpRequest, HttpResponse

from openletter.accounts import second_factors


def keep_this_session(request: HttpRequest) -> None:
    second_factors.note_given(request, request.user)  # type: ignore[arg-type]  # logged in
    update_session_auth_hash(request, request.user)  # type: ignore[arg-type]


class Index(IndexView):  # type: ignore[misc]  # allauth has no types
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"is_needed": settings.STAFF_NEEDS_SECOND_FACTOR}


class SetUp(ActivateTOTPView):  # type: ignore[misc]  # allauth has no types
    def form_valid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        keep_this_session(self.request)
        return response


class Remove(DeactivateTOTPView):  # type: ignore[misc]  # allauth has no types
    def form_valid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        keep_this_session(self.request)
        return response
