"""Pages of the desk on which somebody else was faster than their comparison with the database.

A form is compared with what is stored, then written; two statements, between which another can
store the same address, begin to use what is deleted, or delete what is chosen. The database refuses
the second. It is compared once more then, and the page says by itself what is wrong, at the field.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse

from openletter.lib.db import constraints

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Any]
else:
    _Base = object


class ComparesAgain(_Base):
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _twice_at_most(partial(super().changeform_view, request, *args, **kwargs))

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _twice_at_most(partial(super().delete_view, request, *args, **kwargs))

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _twice_at_most(partial(super().changelist_view, request, *args, **kwargs))


def _twice_at_most(act: Callable[[], HttpResponse]) -> HttpResponse:
    """Act, in a transaction of its own; once more if that broke a promise of the database."""
    try:
        return act()
    except IntegrityError as problem:
        if not constraints.broken_by(problem):
            raise
    return act()
