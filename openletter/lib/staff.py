"""Pieces that every package's admin pages share."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

M = TypeVar("M", bound=Model)
N = TypeVar("N", bound=Model)

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
