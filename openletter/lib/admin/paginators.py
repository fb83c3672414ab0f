"""Pages of a list that may have any number of rows, of which nobody counts all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.utils.functional import cached_property

# Django's class takes type arguments only in the eyes of a type checker.
if TYPE_CHECKING:
    _Base = Paginator[Any]
else:
    _Base = Paginator

# A hundred pages of Django's hundred rows: whoever has not found it by then filters or searches.
MOST_COUNTED = 10_000


class BoundedPaginator(_Base):
    """Counts up to `MOST_COUNTED` rows, in the order in which they are shown, and has no more.

    In that order because the rows are then read from the same index as those of the pages, whatever
    the database knows about the table.
    """

    @cached_property
    def count(self) -> int:
        return min(self._found, MOST_COUNTED)

    @property
    def has_more(self) -> bool:
        """Say whether there are rows that no page shows."""
        return self._found > MOST_COUNTED

    @cached_property
    def _found(self) -> int:
        # A slice is counted with its order; alone, Django leaves the order out.
        rows: Any = self.object_list
        return int(rows.values("pk")[: MOST_COUNTED + 1].count())
