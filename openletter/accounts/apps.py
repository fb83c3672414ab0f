from __future__ import annotations

from django.apps import AppConfig
from django.contrib.admin import apps as admin
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "openletter.accounts"
    default = True
    verbose_name = _("Accounts")


class DeskConfig(admin.AdminConfig):
    """Django's admin with our own site, which asks staff for a second factor."""

    default = False
    default_site = "openletter.accounts.desk_site.StaffSite"
