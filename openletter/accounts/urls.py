"""The pages of allauth that we offer, by hand: what an upgrade adds does not open by itself.

There is none to sign up or to change an address (staff do both in the admin), and none that mails
to what is typed into it. Only who was invited to a team makes an account, by the link in a mail.
"""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.recovery_codes import views as recovery_codes
from django.urls import path, re_path
from django.views.generic.base import RedirectView

from openletter.accounts import views
from openletter.accounts.decorators import View, account_page
from openletter.accounts.passkeys import views as passkeys
from openletter.accounts.teams.views import invitation


def _changing(view: View) -> View:
    return account_page(view, changes_account=True)


urlpatterns = [
    path("", RedirectView.as_view(pattern_name="account_login")),
    path("login/", account_page(account.login), name="account_login"),
    path("logout/", account_page(account.logout), name="account_logout"),
    path("inactive/", account_page(account.account_inactive), name="account_inactive"),
    path("reauthenticate/", account_page(account.reauthenticate), name="account_reauthenticate"),
    path("password/change/", _changing(account.password_change), name="account_change_password"),
    path("password/set/", _changing(account.password_set), name="account_set_password"),
    path("password/reset/", account_page(account.password_reset), name="account_reset_password"),
    path(
        "password/reset/done/",
        account_page(account.password_reset_done),
        name="account_reset_password_done",
    ),
    path(
        "password/reset/key/done/",
        account_page(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account_page(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path("invitation/<str:token>/", _changing(invitation), name="accounts_invitation"),
    path("2fa/", _changing(views.Index.as_view()), name="mfa_index"),
    path("2fa/authenticate/", account_page(passkeys.SecondStep.as_view()), name="mfa_authenticate"),
    path(
        "2fa/reauthenticate/", account_page(passkeys.CodeAgain.as_view()), name="mfa_reauthenticate"
    ),
    path(
        "2fa/passkeys/login/",
        account_page(passkeys.AtOnce.as_view(), counts_all=True),
        name="mfa_login_webauthn",
    ),
    path(
        "2fa/passkeys/reauthenticate/",
        account_page(passkeys.Again.as_view()),
        name="mfa_reauthenticate_webauthn",
    ),
    path("2fa/passkeys/add/", _changing(passkeys.Add.as_view()), name="mfa_add_webauthn"),
    path(
        "2fa/passkeys/<int:pk>/remove/",
        _changing(passkeys.Remove.as_view()),
        name="mfa_remove_webauthn",
    ),
    path("2fa/totp/activate/", _changing(views.SetUp.as_view()), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", _changing(views.Remove.as_view()), name="mfa_deactivate_totp"),
    path(
        "2fa/recovery-codes/",
        _changing(recovery_codes.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/generate/",
        _changing(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/download/",
        _changing(recovery_codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
]
