"""Lists of the admin that take any query string: a wrong one is an empty list with a sentence.

Filters work by the fields that a list declares and by no other: whoever may see a list must not
find out by `?email_domain__startswith=` what it does not show.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.contrib import admin, messages
from django.contrib.admin.filters import RelatedFieldListFilter
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ORDER_VAR, PAGE_VAR, SEARCH_VAR, ChangeList
from django.core.exceptions import (
    FieldDoesNotExist,
    FieldError,
    SuspiciousOperation,
    ValidationError,
)
from django.db import DataError, OperationalError, transaction
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from psycopg.errors import QueryCanceled

from openletter.lib.admin.paginators import BoundedPaginator
from openletter.lib.admin.permissions import Desk
from openletter.lib.db import search

log = logging.getLogger(__name__)


class WrongQuery(Exception):
    """A parameter of a list that Django would pass over, and show everything instead."""


# What Django's filters raise, whatever it was, comes as the first of these.
_WRONG = (
    IncorrectLookupParameters, SuspiciousOperation, ValidationError, FieldError, DataError,
    OverflowError, WrongQuery,
)  # fmt: skip
_PAGE = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
_ORDER = re.compile(r"-?[0-9]{1,2}(?:\.-?[0-9]{1,2})*", re.ASCII)
_LARGEST_KEY = 2**63 - 1
# A frequent name has more; to sort all of them would take seconds.
MOST_FOUND = 1000
# What Django's filters put behind the name of a field.
_LOOKUPS = ("", "__exact", "__id__exact", "__pk__exact", "__isnull", "__isempty", "__gte", "__lt")

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Any]
else:
    _Base = object


class _List(ChangeList):
    """A list that is called what it shows, and not what Django believes one wants to do with it."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.title = str(capfirst(self.opts.verbose_name_plural))


class VisibleFilter(RelatedFieldListFilter):
    """A filter by something that has pages of its own: what the reader sees of it is the choice."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[Any]:
        chosen = _visible_of(field, request, model_admin)
        ordering = self.field_admin_ordering(field, request, model_admin)
        chosen = chosen.order_by(*ordering) if ordering else chosen
        return [(one.pk, str(one)) for one in chosen]


def _visible_of(field: Any, request: HttpRequest, desk: Any) -> QuerySet[Any]:
    """Return the rows that a field can lead to, as far as the reader sees them."""
    rows: QuerySet[Any] = field.remote_field.model._default_manager.all()
    return cast("Desk", desk.admin_site).choosable(request.user, "view", desk.model, rows)


class _SearchedList(_List):
    """A list that sorts what was found, which is at most `MOST_FOUND`.

    By an index of its order PostgreSQL would rather look for the first page of it among all rows.
    """

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        return [F("pk") * 0, *super().get_ordering(request, queryset)]


class CarefulList(_Base):
    """The list pages of every admin; mixed in by lib/admin/pages.py."""

    # Groups of fields that are searched as one text each, in whatever spelling (lib/db/search.py):
    # all rows are read for it, so only where there are few.
    searched: ClassVar[tuple[tuple[str, ...], ...]] = ()
    # Where there are many: the column in which what is searched is stored, with an index.
    search_column: ClassVar[str] = ""
    # Counting each filter's choices would read a large table many times, and so would counting it.
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    paginator = BoundedPaginator

    def lookup_allowed(
        self, lookup: str, value: object, request: HttpRequest | None = None
    ) -> bool:
        return lookup in set(self._declared(request))

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return [self._own(one) for one in super().get_list_filter(request)]

    def _own(self, one: Any) -> Any:
        """Offer of what has pages of its own only what the reader sees."""
        if isinstance(one, str) and "__" not in one and self.opts.get_field(one).is_relation:
            return (one, VisibleFilter)
        return one

    def _declared(self, request: HttpRequest | None) -> Iterator[str]:
        """Every parameter that the filters of this list can ask for."""
        filters = self.get_list_filter(request) if request is not None else self.list_filter
        for one in filters:
            if isinstance(one, type) and issubclass(one, admin.SimpleListFilter):
                yield str(one.parameter_name)
            else:
                field = one[0] if isinstance(one, (tuple, list)) else one
                yield from (f"{field}{lookup}" for lookup in _LOOKUPS)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        is_searched = self.search_column and request.GET.get(SEARCH_VAR, "").strip()
        return _SearchedList if is_searched else _List

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        try:
            self._check_query(request)
            with transaction.atomic():  # a statement that fails spoils nothing else
                found = super().get_changelist_instance(request)
                len(found.result_list)  # ask the database here, where an answer can be given
            return found
        except _WRONG as problem:
            self._note(problem)
            why = _(
                "This list cannot be filtered or sorted in this way. Choose one of the"
                " filters, or search for something else."
            )
        except OperationalError as problem:
            if not isinstance(problem.__cause__, QueryCanceled):
                raise
            self._note(problem)
            why = _(
                "This list took too long. Choose filters that leave fewer entries, or search for"
                " a longer part of a name."
            )
        messages.warning(request, why)
        request.GET = QueryDict()
        request.shows_nothing = True  # type: ignore[attr-defined]
        return super().get_changelist_instance(request)

    def _note(self, problem: Exception) -> None:
        """Leave a trace: what looks like a wrong address may be a mistake of ours."""
        first = problem.args[0] if problem.args else None
        cause = first if isinstance(first, Exception) else problem.__cause__ or problem
        names = (self.opts.label, type(problem).__name__, type(cause).__name__)
        log.warning("list of %s: not shown (%s, %s)", *names)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.none() if getattr(request, "shows_nothing", False) else rows

    def _check_query(self, request: HttpRequest) -> None:
        """Raise `WrongQuery` at what Django would pass over, and show everything instead."""
        asked = request.GET
        if PAGE_VAR in asked and not _PAGE.fullmatch(asked[PAGE_VAR]):
            raise WrongQuery(PAGE_VAR)
        if ORDER_VAR in asked and not self._is_order(request, asked[ORDER_VAR]):
            raise WrongQuery(ORDER_VAR)
        if any("\x00" in text for _key, values in asked.lists() for text in values):
            raise WrongQuery("NUL")
        if len(asked.get(SEARCH_VAR, "")) > search.MOST_CHARACTERS:
            raise WrongQuery(SEARCH_VAR)
        for lookup in asked:
            self._check_choice(request, lookup, str(asked[lookup]))

    def _is_order(self, request: HttpRequest, text: str) -> bool:
        """Say whether a list can be sorted so: where rows are many, by what an index has in order.

        Django only does not offer the other columns.
        """
        shown = list(self.get_list_display(request))
        columns = (
            [int(column.strip("-")) for column in text.split(".")] if _ORDER.fullmatch(text) else []
        )
        if not columns or not all(1 <= column <= len(shown) for column in columns):
            return False
        if self.sortable_by is None:
            return True
        before = ["action_checkbox"] if self.get_actions(request) else []
        with_box = before + shown
        return all(
            column < len(with_box) and with_box[column] in self.sortable_by for column in columns
        )

    def _check_choice(self, request: HttpRequest, lookup: str, value: str) -> None:
        """Raise `WrongQuery` at a choice that there is not; some filters would pass it over."""
        name, found, _suffix = lookup.partition("__")
        if found and not lookup.endswith("__exact"):
            return
        try:
            field: Any = self.opts.get_field(name)
        except FieldDoesNotExist:
            return
        if getattr(field, "choices", None):
            if value not in {str(key) for key, _said in field.flatchoices}:
                raise WrongQuery(lookup)
        elif field.is_relation and lookup in set(self._declared(None)):
            related = _visible_of(field, request, self)
            if not value.isdecimal() or not related.filter(pk=value).exists():
                raise WrongQuery(lookup)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not search_term.strip() or not (self.search_column or self.searched):
            return super().get_search_results(request, queryset, search_term)
        terms = search.terms(search_term)
        if not terms:
            return queryset.none(), False
        found = queryset.filter(pk__in=self._found(request, queryset.order_by(), terms))
        return found, False

    def _found(
        self, request: HttpRequest, rows: QuerySet[Any], terms: Sequence[str]
    ) -> Collection[Any]:
        """Return the keys of the rows in which every term stands."""
        if not self.search_column:
            fields = [field for group in self.searched for field in group]
            read = rows.values_list("pk", *fields).iterator()
            return {key for key, *texts in read if self._fits(texts, terms)}
        for term in terms:
            rows = rows.filter(**{f"{self.search_column}__contains": term})
        keys = list(rows.values_list("pk", flat=True)[: MOST_FOUND + 1])
        if len(keys) > MOST_FOUND and not getattr(request, "was_told", False):
            text = _(
                "More than %(number)s match. Only %(number)s of them are shown, not necessarily the"
                " newest. To see all, choose filters or search for a longer part of a name."
            )
            messages.warning(request, text % {"number": MOST_FOUND})
            request.was_told = True  # type: ignore[attr-defined]  # an act asks again
        return keys[:MOST_FOUND]

    def _fits(self, texts: Sequence[str | None], terms: Sequence[str]) -> bool:
        left = iter(texts)
        groups = [search.fold(*(next(left) or "" for _field in group)) for group in self.searched]
        return all(any(term in group for group in groups) for term in terms)

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *args: Any
    ) -> HttpResponse | None:
        for chosen in request.POST.getlist(ACTION_CHECKBOX_NAME):
            if not self.is_key(chosen):
                messages.warning(
                    request, _("Nothing was changed. Please select from the list again.")
                )
                return None
        return super().response_action(request, queryset, *args)

    def is_key(self, text: str) -> bool:
        """Say whether a text can be the key of a row."""
        try:
            key = self.opts.pk.to_python(text)
        except (ValidationError, ValueError):
            return False
        return not isinstance(key, int) or 0 <= key <= _LARGEST_KEY
