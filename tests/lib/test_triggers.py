"""What the database counts and empties by itself, and that a migration can be taken back."""

from __future__ import annotations

import pytest
from django.db import connection

from openletter.lib.db.triggers import Watched, count_changes

pytestmark = pytest.mark.django_db
FEW = Watched(("a",))
MORE = Watched(("a", "b"), made="made", made_of=("a",))


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def changed(**values: str) -> tuple[int, str]:
    """Change columns of the only row; return its revision and what was made of it."""
    with connection.cursor() as cursor:
        for column, value in values.items():
            cursor.execute(f"UPDATE watched SET {column} = %s", [value])
        cursor.execute("SELECT revision, made FROM watched")
        found: tuple[int, str] = cursor.fetchone()
    return found


@pytest.fixture(autouse=True)
def _table(db: None) -> None:
    run(
        "CREATE TABLE watched (a text DEFAULT '', b text DEFAULT '', made text DEFAULT 'old',"
        " revision int DEFAULT 0); INSERT INTO watched DEFAULT VALUES;"
    )
    run(count_changes("watched", of=FEW, by="revision")[0])


def test_a_change_counts_and_what_is_no_change_does_not() -> None:
    assert changed(a="x") == (1, "old")
    assert changed(a="x", b="y") == (1, "old")


def test_what_is_made_of_changed_words_is_emptied_unless_it_is_made_anew() -> None:
    run(count_changes("watched", of=MORE, by="revision", formerly=FEW)[0])
    assert changed(b="y") == (1, "old")
    assert changed(a="x") == (2, "")
    run("UPDATE watched SET a = 'z', made = 'new'")
    assert changed() == (3, "new")


def test_going_back_restores_the_columns_of_before() -> None:
    forward, backward = count_changes("watched", of=MORE, by="revision", formerly=FEW)
    run(forward)
    run(backward)
    assert changed(b="y") == (0, "old")
    assert changed(a="x") == (1, "old")


def test_going_back_to_nothing_leaves_nothing() -> None:
    run(count_changes("watched", of=FEW, by="revision")[1])
    assert changed(a="x") == (0, "old")
