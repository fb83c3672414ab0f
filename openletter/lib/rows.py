"""Insert a row by one plain statement, or do the same work and store nothing."""

from __future__ import annotations

from functools import lru_cache

from django.db import connection
from django.db.models import AutoField, Field, Model


def insert(row: Model, *, wanted: bool = True, ignore_conflicts: bool = False) -> bool:
    """Insert a new row and set its key; False when it was not wanted, or was there already.

    Unwanted, the statement is sent all the same: an answer that must not say whether something was
    stored may not come sooner either. It is also much cheaper than `save`, which writes its SQL
    anew each time. No `save` of the model's own is called.
    """
    fields, statement = _statement(type(row), ignore_conflicts)
    values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, wanted])
        written = cursor.fetchone()
    if written is None:
        return False
    row.pk = written[0]
    row._state.adding = False
    row._state.db = connection.alias
    return True


@lru_cache(maxsize=20)
def _statement(
    model: type[Model], ignore_conflicts: bool
) -> tuple[list[Field[object, object]], str]:
    meta = model._meta
    fields = [field for field in meta.local_concrete_fields if not isinstance(field, AutoField)]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    conflict = "ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    key = quote(str(meta.pk.column))
    # SELECT and not VALUES, because only a SELECT has a WHERE.
    return fields, (
        f"INSERT INTO {quote(meta.db_table)} ({columns}) SELECT {places} WHERE %s"
        f" {conflict} RETURNING {key}"
    )
