"""Who may enter the admin, and what of it they see.

That is staff whose session gave a second factor, where there has to be one; `AT_THE_DESK` in
access.py says what each may see, add, change or delete.
"""

from __future__ import annotations

from functools import wraps
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from openletter.accounts import access, second_factors
from openletter.accounts.access import AT_THE_DESK, Action, M, may, require, visible
from openletter.accounts.decorators import ask_for_second_factor
from openletter.accounts.models import User
from openletter.accounts.teams import standing
from openletter.lib.admin.pages import careful


def may_act(user: User | AnonymousUser, act: str, model: type[Model], about: object = None) -> bool:
    """Answer Django's admin; `act` is view, add, change or delete.

    About the rows within another row's page, `about` is that row.
    """
    action = AT_THE_DESK.get(model._meta.label_lower, {}).get(act)
    return action is not None and may(user, action, about)


def seen_by(user: User | AnonymousUser, rows: QuerySet[M]) -> QuerySet[M]:
    """Return those rows that somebody sees in Django's admin, or else may change or delete.

    Who may nothing of it is refused, as they do not even learn what there is.
    """
    acts = AT_THE_DESK.get(rows.model._meta.label_lower, {})
    for act in ("view", "change", "delete"):
        if act in acts and may(user, acts[act]):
            return visible(user, acts[act], rows)
    if "view" in acts and not ("add" in acts and may(user, acts["add"])):
        require(user, acts["view"])
    return rows.none()


def choosable_by(
    user: User | AnonymousUser, act: str, model: type[Model], rows: QuerySet[M]
) -> QuerySet[M]:
    """Return those rows that somebody may choose on a page of Django's admin.

    In a filter of what they view, or in a form about what they add.
    """
    if rows.model._meta.label_lower not in {**standing.LETTER_OF, **standing.TEAM_OF}:
        return rows
    acts = AT_THE_DESK.get(model._meta.label_lower, {})
    action = acts.get(act) or acts.get("view")
    return rows.none() if action is None else visible(user, action, rows)


class StaffSite(admin.AdminSite):
    site_header = site_title = "openletter"
    index_title = _("Overview")
    enable_nav_sidebar = False  # the navigation says it in words of people
    empty_value_display = "–"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register an admin that writes what was changed only (lib/admin/pages.py)."""
        super().register(model_or_iterable, careful(admin_class or admin.ModelAdmin), **options)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Let no address with a NUL in it reach a view: the database cannot be asked about it.

        Lead to the log-in whose account was deleted while they acted: nothing of it is stored.
        """

        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if "\x00" in request.path_info:
                raise Http404
            try:
                response: HttpResponse = view(request, *args, **kwargs)
            except IntegrityError:
                if User.objects.filter(pk=request.user.pk or 0).exists():
                    raise
                request.session.flush()
                return redirect("admin:login")
            return response

        return super().admin_view(checked, cacheable)

    def get_urls(self) -> list[Any]:
        # Nothing here has an address on the public site that this could lead to.
        return [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]

    def has_permission(self, request: HttpRequest) -> bool:
        """Whoever has a second factor gives it, whether the site demands one or not (T48)."""
        if not access.may(request.user, Action.ENTER_DESK) or second_factors.is_missing(request):
            return False
        return not settings.STAFF_NEEDS_SECOND_FACTOR or second_factors.of(request.user) is not None

    def may(
        self, user: User | AnonymousUser, act: str, model: type[Model], about: object = None
    ) -> bool:
        """Answer the pages, which lie below and know no accounts (lib/admin/permissions.py)."""
        return may_act(user, act, model, about)

    def visible(self, user: User | AnonymousUser, rows: QuerySet[Any]) -> QuerySet[Any]:
        return seen_by(user, rows)

    def choosable(
        self, user: User | AnonymousUser, act: str, model: type[Model], rows: QuerySet[Any]
    ) -> QuerySet[Any]:
        return choosable_by(user, act, model, rows)

    def login(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:
        """Log in through allauth, by its pages and limits; none of the admin takes a password."""
        response: HttpResponse = _lead_on(request)
        return response

    def password_change(  # type: ignore[override]  # it leads elsewhere
        self, request: HttpRequest, extra_context: object = None
    ) -> HttpResponse:
        return redirect("account_change_password")


def _beyond_password(request: HttpRequest) -> HttpResponse:
    """Lead staff who are logged in to what is missing, or to where they wanted to go."""
    then = request.GET.get(REDIRECT_FIELD_NAME, "")
    if not url_has_allowed_host_and_scheme(then, allowed_hosts={request.get_host()}):
        then = "/admin/"
    if second_factors.is_missing(request):
        return ask_for_second_factor(then)
    if not admin.site.has_permission(request):
        return redirect("mfa_activate_totp")
    return redirect(then)


_lead_on = secure_admin_login(_beyond_password)
