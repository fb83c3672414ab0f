"""The function by which the desk searches: made by a migration, at home in any search path."""

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


def test_it_works_while_a_dump_is_restored() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL search_path = ''")
        cursor.execute("SELECT public.openletter_folded('Jörg Müller')")
        assert cursor.fetchone()[0] == " jorg muller"


def test_whatever_is_in_a_name_it_can_be_folded() -> None:
    every = "".join(chr(code) for code in range(1, 0x3000)) + "😀\u202e\U000e0100"
    with connection.cursor() as cursor:
        cursor.execute("SELECT openletter_folded(%s), openletter_folded('')", [every])
        folded, empty = cursor.fetchone()
    assert folded.isascii()
    assert empty == " "
