"""What the search at the desk needs of the database is brought, or named."""

from __future__ import annotations

import pytest
from django.core.management.base import CommandError
from django.db import connection

from openletter.lib.db import extensions

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("extension", ["fuzzystrmatch", "no_such_extension"])
def test_a_role_that_may_not_create_an_extension_is_told_what_to_do(extension: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE without_rights; SET LOCAL ROLE without_rights")
        with pytest.raises(CommandError, match=f"CREATE EXTENSION {extension};"):
            extensions.create(cursor, extension)


def test_an_extension_that_is_there_needs_no_rights() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE without_rights; SET LOCAL ROLE without_rights")
        extensions.create(cursor, "pg_trgm")
