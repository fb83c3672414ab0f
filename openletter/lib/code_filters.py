"""Filters of the admin's lists by what a column holds as a code, offered in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest


class CodeFilter(admin.SimpleListFilter):
    """The rows with one code in a column."""

    column: ClassVar[str]

    def words(self) -> Mapping[str, Any]:
        """Return what each code says."""
        raise NotImplementedError

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(self.words().items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{self.column: self.value()}) if self.value() else queryset
