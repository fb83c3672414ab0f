"""What the search at the desk needs of the database is brought, or named."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.core.management.base import CommandError
from django.db import connection

pytestmark = pytest.mark.django_db
migration = import_module("openletter.letters.migrations.0007_add_search_functions")


@pytest.mark.parametrize("extension", ["fuzzystrmatch", "no_such_extension"])
def test_a_role_that_may_not_create_an_extension_is_told_what_to_do(extension: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE without_rights; SET LOCAL ROLE without_rights")
        with pytest.raises(CommandError, match=f"CREATE EXTENSION {extension};"):
            migration._extend(cursor, extension)


def test_an_extension_that_is_there_needs_no_rights() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE without_rights; SET LOCAL ROLE without_rights")
        migration._extend(cursor, "pg_trgm")
