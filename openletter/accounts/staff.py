"""Who may enter the admin: staff, and only with a second factor where the site demands it."""

from __future__ import annotations

from functools import wraps
from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from openletter.lib.staff import careful


class StaffSite(admin.AdminSite):
    site_header = _("openletter: the desk")
    site_title = _("openletter")
    index_title = _("The desk")
    enable_nav_sidebar = True

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register an admin that writes what was changed only, whoever wrote it (lib/staff.py)."""
        super().register(model_or_iterable, careful(admin_class or admin.ModelAdmin), **options)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Let no address with a NUL in it reach a view: the database cannot be asked about it."""

        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if "\x00" in request.path_info:
                raise Http404
            response: HttpResponse = view(request, *args, **kwargs)
            return response

        return super().admin_view(checked, cacheable)

    def get_urls(self) -> list[Any]:
        # Nothing here has an address on the public site that this could lead to.
        return [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]

    def has_permission(self, request: HttpRequest) -> bool:
        if not super().has_permission(request):
            return False
        return not settings.STAFF_NEEDS_SECOND_FACTOR or is_mfa_enabled(request.user)

    def login(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:
        """Log in through allauth; staff without a second factor are led to set one up."""
        user = request.user
        if user.is_authenticated and user.is_staff and not self.has_permission(request):
            return redirect("mfa_activate_totp")
        response: HttpResponse = _secure_login(request)
        return response


def _plain_login(request: HttpRequest) -> HttpResponse:
    return admin.AdminSite.login(admin.site, request)


_secure_login = secure_admin_login(_plain_login)
