"""Admin pages that ask the site of the desk who may do what, and what of it they see.

They decide nothing themselves.

The site knows (`accounts/desk_site.py`): it lies above, where accounts are known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, cast

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Any]
else:
    _Base = object


class Desk(Protocol):
    """What a site answers to its pages."""

    def may(self, user: Any, act: str, model: type[Model], about: object = None) -> bool: ...

    def visible(self, user: Any, rows: QuerySet[Any]) -> QuerySet[Any]: ...

    def choosable(
        self, user: Any, act: str, model: type[Model], rows: QuerySet[Any]
    ) -> QuerySet[Any]: ...


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

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return what the reader sees of all rows: whatever a page does begins with these."""
        return cast("Desk", self.admin_site).visible(request.user, super().get_queryset(request))

    def get_field_queryset(self, db: Any, db_field: Any, request: Any) -> QuerySet[Any]:
        """Return what can be chosen in a field: what is not offered is not taken either."""
        rows = super().get_field_queryset(db, db_field, request)
        if rows is None:
            rows = db_field.remote_field.model._default_manager.using(db).all()
        desk = cast("Desk", self.admin_site)
        return desk.choosable(request.user, "add", self.model, rows)
