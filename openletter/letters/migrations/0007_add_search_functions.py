from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django.db import DatabaseError, migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

EXTENSIONS = ("pg_trgm", "unaccent")
# Found by its schema: a dump is restored with an empty search path, and indexes are made then.
# Letters beyond ASCII are written as capitals (PDCA for the octal number of a byte), and digits as
# others, because where the database's locale is C an index of trigrams leaves out what is no ASCII
# letter: whole names in Cyrillic or Chinese. Everything else is in small letters.
FUNCTION = """
CREATE FUNCTION openletter_folded(words text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN ' ' || pg_catalog.translate(pg_catalog.encode(pg_catalog.convert_to(
        pg_catalog.translate(pg_catalog.btrim(pg_catalog.regexp_replace(
            pg_catalog.lower(
                {schema}.unaccent('{schema}.unaccent'::pg_catalog.regdictionary,
                    pg_catalog.translate(
                        pg_catalog.normalize(pg_catalog.translate(words, U&'\\00B4', ''), 'NFKC'),
                        U&'''`\\2018\\2019\\201B\\02BB\\02BC\\2032', ''
                    )
                ){collation}
            ),
            U&'[-\\2010-\\2015\\2212.,;:!?@_%/\\005C\\005C()"\\201C-\\201F\\00AB\\00BB\\0300-\\036F[:space:]]+',
            ' ', 'g'
        )), '0123456789', 'QRSTUVWXYZ'),
        'UTF8'), 'escape'), U&'01234567\\005C', 'ABCDEFGHP');
END $$
"""


def add(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        for name in EXTENSIONS:
            _extend(cursor, name)
        cursor.execute(
            "SELECT quote_ident(nspname) FROM pg_extension JOIN pg_namespace n ON n.oid ="
            " extnamespace WHERE extname = 'unaccent'"
        )
        (schema,) = cursor.fetchone()
        # Small letters of every alphabet, whatever the database's own locale is.
        cursor.execute(
            "SELECT collname FROM pg_collation WHERE collname IN ('und-x-icu', 'pg_c_utf8')"
            " AND collnamespace = 'pg_catalog'::regnamespace ORDER BY collname"
        )
        found = cursor.fetchone()
        collation = f' COLLATE pg_catalog."{found[0]}"' if found else ""
        cursor.execute(FUNCTION.format(schema=schema, collation=collation))


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


def remove(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The extensions stay: somebody else may use them."""
    schema_editor.execute("DROP FUNCTION openletter_folded(text)")


class Migration(migrations.Migration):
    dependencies = [("letters", "0006_say_how_texts_are_written")]

    operations = [migrations.RunPython(add, remove)]
