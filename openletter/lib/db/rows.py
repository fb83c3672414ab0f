"""Read or insert one row by one plain statement; or do the work of an insert and store nothing.

Django's own `save` and query sets write their SQL anew each time, and PostgreSQL plans it anew.
When 2,000 signatures were inserted one by one, each in a transaction, into a local database, one
took 0.79 ms by `save(force_insert=True)` and 0.50 ms by `insert`; of that, the processor time of
Python was 0.51 and 0.32 ms. To read one took 0.82 ms by `get` and 0.22 ms by `find` (November 2026,
two cores, the best of several rounds). Signing inserts two rows, and each mail and link reads some.
And `save` cannot do the work of an insert and store nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import (
    AutoField,
    BooleanField,
    CharField,
    DateTimeField,
    Field,
    ForeignKey,
    Model,
    PositiveIntegerField,
    TextField,
    UUIDField,
)

from openletter.lib.db.statements import row_of, rows_of

M = TypeVar("M", bound=Model)
# What these hold psycopg sends as it is.
_PLAIN = {BooleanField, CharField, DateTimeField, PositiveIntegerField, TextField, UUIDField}
_Columns = list[tuple["Field[object, object]", Callable[..., Any] | None]]


def find(
    model: type[M],
    column: str,
    value: object,
    *,
    without: tuple[str, ...] = (),
    together_with: str = "",
    also: tuple[str, str] | None = None,
) -> M | None:
    """Return the row whose unique column has this value, or None.

    Fields it comes `without` are read when somebody asks for them. `together_with` is a foreign
    key that is never null, whose row is read in the same statement. The last row that is read gets
    one attribute more when `also` names it and says in SQL what it is.
    """
    models, statement = _select(model, column, without, together_with, also[1] if also else "NULL")
    found = row_of(statement, [value])
    if found is None:
        return None
    row = _made(model, models[0], found)
    last: Model = row
    if together_with:
        key = model._meta.get_field(together_with)
        last = _made(key.related_model, models[1], found[len(models[0]) :])  # type: ignore[arg-type]
        setattr(row, together_with, last)
    if also:
        setattr(last, also[0], found[-1])
    return row


def values(
    model: type[Model], fields: tuple[str, ...], tail: str, parameters: Mapping[str, object]
) -> list[dict[str, Any]]:
    """Return fields of rows by name; `tail`, from WHERE on, is the same text each time.

    For what every page of a letter asks: to make a hundred models takes longer than all the rest.
    """
    statement = _select_some(model, fields, tail)
    return [dict(zip(fields, found, strict=True)) for found in rows_of(statement, parameters)]


def _made(model: type[M], columns: _Columns, found: Sequence[object]) -> M:
    names = [field.attname for field, _convert in columns]
    values = [
        convert(value, None, connection) if convert else value
        for (_field, convert), value in zip(columns, found, strict=False)
    ]
    return model.from_db(connection.alias, names, values)


class New(NamedTuple):
    """A row to insert, if it is `wanted`, and perhaps only if it is not there already."""

    row: Model
    wanted: bool = True
    ignore_conflicts: bool = False


def insert(*new: New) -> int | UUID | None:
    """Insert new rows by one statement; return the last one's key, or None if it was not inserted.

    What is not wanted is sent all the same: an answer that must not say whether something was
    stored may not come sooner either. No `save` of a model's own is called, and no key is set.
    """
    texts: list[str] = []
    parameters: dict[str, object] = {}
    for number, (row, wanted, ignore_conflicts) in enumerate(new):
        text, of_row = insertion_from(row, ignore_conflicts=ignore_conflicts)
        texts.append(text.format(source=f"WHERE %(wanted_{number})s"))
        parameters |= of_row | {f"wanted_{number}": wanted}
    before = ", ".join(f"insertion_{number} AS ({text})" for number, text in enumerate(texts[:-1]))
    written = row_of(f"WITH {before} {texts[-1]}" if before else texts[-1], parameters)
    return written[0] if written else None


def insertion_from(row: Model, *, ignore_conflicts: bool = False) -> tuple[str, dict[str, object]]:
    """Return SQL that inserts a row for each one of a `{source}` (FROM, WHERE), and its parameters.

    For a part of a larger statement: the parameters begin with the name of the table.
    """
    prefix = row._meta.db_table
    database = connections[DEFAULT_DB_ALIAS]  # looked up once, and not for each column
    values = {
        field.column: getattr(row, field.attname)
        if is_plain
        else field.get_db_prep_save(field.pre_save(row, add=True), database)
        for field, is_plain in _written(type(row))
    }
    # What is NULL is left out, so that few parameters are left (lib/db/statements.py).
    columns = tuple(column for column, value in values.items() if value is not None)
    text = _insert(type(row), columns, ignore_conflicts)
    return text, {f"{prefix}_{column}": values[column] for column in columns}


@lru_cache(maxsize=20)
def _select_some(model: type[Model], fields: tuple[str, ...], tail: str) -> str:
    known = {field.name: (field, convert) for field, convert in _columns(model)}
    # What a model would make another value of.
    assert not any(known[name][1] for name in fields)  # noqa: S101 - a mistake of ours
    names = ", ".join(_quoted(known[name][0].column) for name in fields)
    return f"SELECT {names} FROM {_quoted(model._meta.db_table)} {tail}"  # noqa: S608


@lru_cache(maxsize=20)
def _select(
    model: type[Model], column: str, without: tuple[str, ...], together_with: str, also: str
) -> tuple[list[_Columns], str]:
    tables = [_quoted(model._meta.db_table)]
    models = [_columns(model, without)]
    joined = ""
    if together_with:
        key = model._meta.get_field(together_with)
        assert isinstance(key, ForeignKey)  # noqa: S101 - a mistake of ours
        other = key.related_model._meta
        tables.append(_quoted(other.db_table))
        models.append(_columns(key.related_model))
        joined = (
            f" JOIN {tables[1]} ON {tables[1]}.{_quoted(other.pk.column)}"
            f" = {tables[0]}.{_quoted(key.column)}"
        )
    columns = ", ".join(
        f"{table}.{_quoted(field.column)}"
        for table, fields in zip(tables, models, strict=True)
        for field, _convert in fields
    )
    statement = (
        f"SELECT {columns}, {also} FROM {tables[0]}{joined}"  # noqa: S608
        f" WHERE {tables[0]}.{_quoted(column)} = %s"
    )
    return models, statement


def _columns(model: type[Model], without: tuple[str, ...] = ()) -> _Columns:
    fields = [field for field in model._meta.local_concrete_fields if field.name not in without]
    return [(field, getattr(field, "from_db_value", None)) for field in fields]


@lru_cache(maxsize=20)
def _written(model: type[Model]) -> list[tuple[Field[object, object], bool]]:
    return [
        (field, type(field) in _PLAIN)
        for field in model._meta.local_concrete_fields
        if not isinstance(field, AutoField)
    ]


@lru_cache(maxsize=50)
def _insert(model: type[Model], columns: tuple[str, ...], ignore_conflicts: bool) -> str:
    meta = model._meta
    fields = [field for field in meta.local_concrete_fields if field.column in columns]
    names = ", ".join(_quoted(field.column) for field in fields)
    places = ", ".join(f"%({meta.db_table}_{field.column})s::{_type(field)}" for field in fields)
    conflict = "ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    # SELECT and not VALUES, because only a SELECT has a source.
    return (
        f"INSERT INTO {_quoted(meta.db_table)} ({names}) SELECT {places} {{source}}"
        f" {conflict} RETURNING {_quoted(meta.pk.column)}"
    )


def _type(field: Field[object, object]) -> str:
    """Return the type of a column; in a part of a larger statement nothing else tells it."""
    return str(field.rel_db_type(connection) if field.is_relation else field.db_type(connection))


def _quoted(name: object) -> str:
    return connection.ops.quote_name(str(name))
