"""Pieces that every package's admin pages share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

M = TypeVar("M", bound=Model)
N = TypeVar("N", bound=Model)
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

# Django's admin classes take type arguments only in the eyes of a type checker.
if TYPE_CHECKING:

    class ModelAdmin(admin.ModelAdmin[M]):
        pass

    class StackedInline(admin.StackedInline[M, N]):
        pass
else:

    class ModelAdmin(admin.ModelAdmin):
        def __class_getitem__(cls, _model: object) -> type:
            return cls

    class StackedInline(admin.StackedInline):
        def __class_getitem__(cls, _models: object) -> type:
            return cls


class ReadOnlyAdmin(ModelAdmin[M]):
    """Pages that show rows and change none."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False


def needs(permission: str) -> Callable[[View[P]], View[P]]:
    """Let in only staff who hold a permission."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def checked(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not request.user.has_perm(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return checked

    return decorate


def answer(
    request: HttpRequest, template: str, title: str, context: dict[str, Any]
) -> TemplateResponse:
    """Answer with a page that looks like the rest of the desk."""
    shared = {**admin.site.each_context(request), "title": title}
    return TemplateResponse(request, template, {**shared, **context})
