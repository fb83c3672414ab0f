"""Filters of the admin's lists by what a column holds as a code, offered in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import QuerySet
from django.http import HttpRequest


class CodeFilter(admin.SimpleListFilter):
    """The rows with one code in a column; a code that is not offered is a wrong query."""

    column: ClassVar[str]

    def words(self) -> Mapping[str, Any]:
        """Return what each code says."""
        raise NotImplementedError

    def having(self, rows: QuerySet[Any], code: str) -> QuerySet[Any]:
        """Return the rows with this code."""
        return rows.filter(**{self.column: code})

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(self.words().items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        code = self.value()
        if code is None:
            return queryset
        if code not in self.words():
            raise IncorrectLookupParameters(self.parameter_name)
        return self.having(queryset, code)
