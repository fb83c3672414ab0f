"""Users in the admin: make an account, set a password, take access away, help after a lost phone.

Who may do it says access.py; rights are given by superusers only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.admin import EmailAddressAdmin
from allauth.account.models import EmailAddress
from allauth.mfa.admin import AuthenticatorAdmin as AllauthAuthenticatorAdmin
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import (
    AdminPasswordChangeForm,
    AdminUserCreationForm,
    UserChangeForm,
)
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from openletter.accounts import access, flows
from openletter.accounts.access import Action
from openletter.accounts.models import Team, User
from openletter.accounts.teams.admin import TeamAdmin
from openletter.lib.admin.edit_forms import with_opened_on
from openletter.lib.admin.pages import ModelAdmin
from openletter.lib.db import clock
from openletter.moderation.history import Recorded

if TYPE_CHECKING:
    _CreationForm = AdminUserCreationForm[User]
    _PasswordForm = AdminPasswordChangeForm[User]
    _ChangeForm = UserChangeForm[User]
    _UserAdmin = DjangoUserAdmin[User]
else:
    _CreationForm, _ChangeForm, _UserAdmin = AdminUserCreationForm, UserChangeForm, DjangoUserAdmin
    _PasswordForm = AdminPasswordChangeForm


class NewUserForm(_CreationForm):
    class Meta:
        model = User
        fields = ("email",)


class ChangedUserForm(_ChangeForm):
    class Meta:
        model = User
        fields = ("email", "first_name", "last_name")


class NewPasswordForm(_PasswordForm):
    """Sets a password, and nothing else of a row that somebody may be changing (T60)."""

    def save(self, commit: bool = True) -> User:
        user: User = super().save(commit=False)
        if commit:
            user.save(update_fields=["password"])
        return user


@admin.register(User)
class UserAdmin(Recorded, _UserAdmin):
    recorded_as = "account"
    form = ChangedUserForm
    add_form = with_opened_on(NewUserForm)
    change_password_form = NewPasswordForm
    ordering = ("email",)
    list_display = ("email", "first_name", "last_name", "is_staff", "last_login")
    search_fields = ("email", "first_name", "last_name")
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        (_("Personal info"), {"fields": ("first_name", "last_name")}),
        (
            _("Permissions"),
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        (_("Important dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "usable_password", "password1", "password2")}),)
    _rights = ("is_staff", "is_superuser", "groups", "user_permissions")

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        happened = ("last_login", "date_joined")
        gives_rights = access.may(request.user, Action.GIVE_RIGHTS)
        return happened if gives_rights else (*happened, *self._rights)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Let a second factor go with its account; by itself only superusers remove it."""
        listed, counts, lacking, protected = super().get_deleted_objects(objs, request)
        lacking.discard(Authenticator._meta.verbose_name)
        return listed, counts, lacking, protected


class AuthenticatorAdmin(ModelAdmin[Authenticator]):
    """Shows that a second factor exists, never what it is made of; superusers may remove it."""

    list_display = ("user", "type", "called", "created_at", "last_used_at")
    list_filter = ("type",)
    fields = readonly_fields = list_display

    @admin.display(description=_("Name"))
    def called(self, obj: Authenticator) -> str:
        """Say what a passkey is called; its data holds nothing else that is told."""
        return str(obj.data.get("name", "")) if obj.type == Authenticator.Type.WEBAUTHN else ""

    def delete_model(self, request: HttpRequest, obj: Authenticator) -> None:
        _remove(request, [obj])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Authenticator]) -> None:
        _remove(request, list(queryset))


def _remove(request: HttpRequest, chosen: list[Authenticator]) -> None:
    """Remove the passkeys that were chosen; with an app or its recovery codes everything goes."""
    now, actor_id = clock.now(), request.user.pk
    for user_id in {one.user_id for one in chosen}:
        own = [one for one in chosen if one.user_id == user_id]
        if all(one.type == Authenticator.Type.WEBAUTHN for one in own):
            passkeys = [one.pk for one in own]
            flows.remove_passkeys(user_id, passkeys, actor_id=actor_id, now=now)
        else:
            flows.remove_second_factor(user_id=user_id, actor_id=actor_id, now=now)


# allauth's pages show secrets, and let somebody write down an address for somebody else. Their
# classes are named so that they are registered by now, whatever the order of the packages.
_UNSUITABLE: dict[type[Model], type] = {
    Authenticator: AllauthAuthenticatorAdmin,
    EmailAddress: EmailAddressAdmin,
}
admin.site.unregister(_UNSUITABLE)
admin.site.register(Authenticator, AuthenticatorAdmin)
admin.site.register(Team, TeamAdmin)
