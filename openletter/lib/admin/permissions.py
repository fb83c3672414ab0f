"""Admin pages that ask the site of the desk who may do what, and decide nothing themselves.

The site knows (`accounts/desk_site.py`): it lies above, where accounts are known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, cast

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Any]
else:
    _Base = object


class Desk(Protocol):
    """What a site answers to its pages."""

    def may(self, user: Any, act: str, model: type[Model], about: object = None) -> bool: ...


class AsksDesk(_Base):
    """Answers Django's questions by asking on. What a class behind this one would say is not heard.

    Of the rows within a page, `obj` is the row that the page is about.
    """

    def _may(self, request: HttpRequest, act: str, obj: Any) -> bool:
        return cast("Desk", self.admin_site).may(request.user, act, self.model, obj)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "view", obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "add", obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "delete", obj)
