"""The page behind the link of an invitation: look at it, say yes by a button."""

from __future__ import annotations

from uuid import UUID

from allauth.account.utils import user_pk_to_url_str
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from openletter.accounts.mails.invitation import PURPOSE
from openletter.accounts.models import Invitation, User
from openletter.accounts.reset_tokens import ResetTokens
from openletter.accounts.teams import invitations
from openletter.accounts.teams.invitations import HasAccount, NotOpen
from openletter.lib import tokens
from openletter.lib.db import clock


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show who invites whom as what; the button joins, and makes an account where there is none."""
    try:
        public_id = tokens.read(PURPOSE, token).public_id
    except tokens.BadToken:
        return _no_longer(request)
    rows = Invitation.objects.select_related("team")
    found = rows.open(clock.now()).filter(public_id=public_id).first()
    if found is None:
        return _no_longer(request)
    if request.method == "POST":
        return _accept(request, public_id)
    return _show(request, found)


def _show(request: HttpRequest, found: Invitation) -> HttpResponse:
    email = found.email
    is_theirs = request.user.is_authenticated and request.user.email == email
    context = {
        "invitation": found,
        "is_theirs": is_theirs,
        "is_anothers": request.user.is_authenticated and not is_theirs,
        "has_account": User.objects.filter(email=email).exists(),
    }
    return render(request, "account/invitation.html", context)


def _accept(request: HttpRequest, public_id: UUID) -> HttpResponse:
    try:
        user = invitations.accept(public_id=public_id, user_id=request.user.pk, now=clock.now())
    except HasAccount as problem:
        messages.error(request, str(problem))
        return redirect(request.path)
    except NotOpen:
        return _no_longer(request)
    if user.pk == request.user.pk:
        messages.success(request, _("You are in the team now."))
        return redirect("admin:index")
    # Whoever opened the link of the mail has the address, as by the link for a new password.
    key = ResetTokens().make_token(user)
    return redirect("account_reset_password_from_key", uidb36=user_pk_to_url_str(user), key=key)


def _no_longer(request: HttpRequest) -> HttpResponse:
    return render(request, "account/invitation_over.html", status=410)
