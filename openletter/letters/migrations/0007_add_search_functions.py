from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django.db import DatabaseError, migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def add(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    with schema_editor.connection.cursor() as cursor:
        _extend(cursor, "pg_trgm")


def _extend(cursor: Any, name: str) -> None:
    cursor.execute("SELECT 1 FROM pg_extension WHERE extname = %s", [name])
    if cursor.fetchone():
        return
    try:
        cursor.execute(f'CREATE EXTENSION "{name}"')
    except DatabaseError as problem:
        raise CommandError(
            f"The search at the desk needs PostgreSQL's extension {name}, and this role may not"
            f" create it ({str(problem).strip()}). Let a superuser run CREATE EXTENSION {name}; in"
            " this database once (Debian: the package postgresql-contrib has it), then start again."
            " See docs/deploy.md."
        ) from problem


class Migration(migrations.Migration):
    dependencies = [("letters", "0006_say_how_texts_are_written")]

    # The extension stays when this is taken back: somebody else may use it.
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
