"""Extensions of PostgreSQL that the site needs, made by migrations."""

from __future__ import annotations

from django.core.management.base import CommandError
from django.db import DatabaseError
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.utils import CursorWrapper
from django.db.migrations.state import StateApps

TRIGRAMS = "pg_trgm"


def add_trigrams(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Create the extension for the search at the desk.

    It stays when the migration is taken back: somebody else may use it.
    """
    with schema_editor.connection.cursor() as cursor:
        create(cursor, TRIGRAMS)


def create(cursor: CursorWrapper, extension: str) -> None:
    """Create an extension unless somebody has; raise `CommandError` that says who must."""
    cursor.execute("SELECT 1 FROM pg_extension WHERE extname = %s", [extension])
    if cursor.fetchone():
        return
    try:
        cursor.execute(f'CREATE EXTENSION "{extension}"')
    except DatabaseError as problem:
        raise CommandError(
            f"The search at the desk needs PostgreSQL's extension {extension}, and this role may"
            f" not create it ({str(problem).strip()}). Let a superuser run CREATE EXTENSION"
            f" {extension}; in this database once (Debian: the package postgresql-contrib has it),"
            " then start again. See docs/deploy.md."
        ) from problem
