"""Teams in the admin: their name, and a page for the people in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from openletter.accounts import access
from openletter.accounts.access import Action
from openletter.accounts.models import Membership, Team
from openletter.accounts.teams import memberships
from openletter.accounts.teams.memberships import NotPossible
from openletter.lib.admin.pages import ModelAdmin, answer
from openletter.lib.db import clock
from openletter.moderation.history import Recorded

PEOPLE = "people"


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Membership.Role.choices)


class TeamAdmin(Recorded, ModelAdmin[Team]):
    recorded_as = "team"

    list_display = ("name", "made_at")
    search_fields = ("name",)
    fields = ("name",)
    change_form_template = "admin/accounts/team/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        pages: dict[str, tuple[str, Callable[..., HttpResponse]]] = {
            "people": ("<int:pk>/people/", require_safe(self.people)),
            "role": ("<int:pk>/people/<int:member>/role/", require_POST(self.change_role)),
            "end": ("<int:pk>/people/<int:member>/end/", require_POST(self.end)),
            "leave": ("<int:pk>/leave/", require_POST(self.leave)),
        }
        return [
            path(address, self.admin_site.admin_view(view), name=f"accounts_team_{name}")
            for name, (address, view) in pages.items()
        ] + super().get_urls()

    def lead_to(self, request: HttpRequest, obj: Team, act: str) -> HttpResponse | None:
        return redirect("admin:accounts_team_people", obj.pk) if act == PEOPLE else None

    def people(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show who is in a team, with buttons for whoever may change it."""
        return self._show(request, access.get_object(request.user, Action.SEE_TEAMS, Team, pk=pk))

    def _show(self, request: HttpRequest, team: Team) -> HttpResponse:
        members = team.memberships.select_related("user").order_by("user__email")
        context: dict[str, Any] = {
            "opts": self.opts,
            "team": team,
            "members": members,
            "mine": next((one for one in members if one.user_id == request.user.pk), None),
            "roles": Membership.Role.choices,
            "said_of_roles": SAID_OF_ROLES,
        }
        title = _("People in the team %(team)s") % {"team": team.name}
        return answer(request, "admin/accounts/team/people.html", title, context)

    def change_role(self, request: HttpRequest, pk: int, member: int) -> HttpResponse:
        team = access.get_object(request.user, Action.CHANGE_TEAMS, Team, pk=pk)
        form = RoleForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Please choose a role."))
            return redirect("admin:accounts_team_people", team.pk)

        def change() -> None:
            memberships.change_role(
                team_id=team.pk,
                membership_id=member,
                role=form.cleaned_data["role"],
                actor_id=_actor(request),
                now=clock.now(),
            )

        return _act(request, team, change, _("The role is changed."))

    def end(self, request: HttpRequest, pk: int, member: int) -> HttpResponse:
        team = access.get_object(request.user, Action.CHANGE_TEAMS, Team, pk=pk)
        return _act(request, team, _ending(request, team, member), _("They left the team."))

    def leave(self, request: HttpRequest, pk: int) -> HttpResponse:
        team = access.get_object(request.user, Action.SEE_TEAMS, Team, pk=pk)
        mine = team.memberships.filter(user=_actor(request)).values_list("pk", flat=True).first()
        done = _("You have left the team.")
        return _act(request, team, _ending(request, team, mine or 0), done, to="admin:index")


# What a role lets somebody do, beside what the one before it does.
SAID_OF_ROLES = {
    Membership.Role.VIEWER: _("sees the team’s letters and everything that belongs to them"),
    Membership.Role.MODERATOR: _("also decides about signatures"),
    Membership.Role.ORGANISER: _("also writes letters and news, opens and closes, sends mailings"),
    Membership.Role.OWNER: _("also decides who is in the team, and as what"),
}


def _ending(request: HttpRequest, team: Team, member: int) -> Callable[[], None]:
    def end() -> None:
        memberships.end(
            team_id=team.pk, membership_id=member, actor_id=_actor(request), now=clock.now()
        )

    return end


def _act(
    request: HttpRequest,
    team: Team,
    act: Callable[[], None],
    done: Any,
    *,
    to: str = "",
) -> HttpResponse:
    """Do something, say what became of it, and lead back to the people or to another page."""
    try:
        act()
    except NotPossible as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, str(done))
        if to:
            return redirect(to)
    return redirect("admin:accounts_team_people", team.pk)


def _actor(request: HttpRequest) -> int:
    return int(request.user.pk or 0)
