"""Migrations keep nobody from signing, and processes of the version before can go on."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.contrib.postgres import operations as postgres
from django.db import connection, migrations, models
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.models import IndexOperation

from openletter.lib.db.migrating import AddIndexConcurrently
from tests.tables import GROW, STAY_SMALL

OURS = sorted({label.partition(".")[0] for label in GROW | STAY_SMALL})
_MAKES = re.compile(r"CREATE\s+(UNIQUE\s+)?INDEX|ADD\s+(CONSTRAINT|CHECK|UNIQUE)", re.IGNORECASE)
CONCURRENT = (postgres.AddIndexConcurrently, postgres.RemoveIndexConcurrently)
FOUND = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
MIGRATIONS = sorted(
    (one for one in FOUND.values() if one.app_label in OURS),
    key=lambda one: (one.app_label, one.name),
)


def touched(migration: Migration) -> Iterator[tuple[str, Operation]]:
    """Every operation on a table that grows, and is not made by this migration, with its label."""
    labels = {label.lower(): label for label in GROW}
    made = {
        one.name.lower() for one in migration.operations if isinstance(one, migrations.CreateModel)
    }
    for one in migration.operations:
        model = str(getattr(one, "model_name", "")).lower()
        label = labels.get(f"{migration.app_label}.{model}")
        if label and model not in made:
            yield label, one


def keeps_others_waiting(one: Operation) -> bool:
    """Say whether an operation holds a lock for as long as it takes to read or sort all rows."""
    if isinstance(one, (*CONCURRENT, postgres.AddConstraintNotValid, postgres.ValidateConstraint)):
        return False
    if isinstance(one, (migrations.AddField, migrations.AlterField)):
        # Makes an index, or reads all rows for a foreign key; not where a new column is empty.
        indexed = one.field.unique or getattr(one.field, "db_index", False)
        is_empty = isinstance(one, migrations.AddField) and one.field.null
        return indexed or (one.field.is_relation and not is_empty)
    return isinstance(one, (IndexOperation, migrations.AlterUniqueTogether))


def test_every_table_is_known_to_grow_or_to_stay_small() -> None:
    every = {
        model._meta.label for app in OURS for model in apps.get_app_config(app).get_models()
    } | {
        model._meta.label
        for model in apps.get_models()
        if model.__module__.startswith("openletter.")
    }
    assert (every - GROW - STAY_SMALL, (GROW | STAY_SMALL) - every, GROW & STAY_SMALL) == (
        set(), set(), set(),
    )  # fmt: skip


def slow_steps(migration: Migration) -> list[str]:
    return [f"{label}: {one}" for label, one in touched(migration) if keeps_others_waiting(one)]


@pytest.mark.parametrize("migration", MIGRATIONS, ids=str)
def test_a_migration_of_a_table_that_grows_keeps_nobody_waiting(migration: Migration) -> None:
    # See CONTRIBUTING.md: AddIndexConcurrently, AddConstraintNotValid.
    assert slow_steps(migration) == []


@pytest.mark.parametrize("migration", MIGRATIONS, ids=str)
def test_sql_of_a_migration_makes_no_index_and_no_constraint(migration: Migration) -> None:
    for one in migration.operations:
        if isinstance(one, migrations.RunSQL):
            assert not _MAKES.search(str(one.sql)), one


@pytest.mark.parametrize("migration", MIGRATIONS, ids=str)
def test_what_runs_beside_writers_can_be_tried_again(migration: Migration) -> None:
    """Without a transaction a try that failed leaves what it did before."""
    concurrent = [one for one in migration.operations if isinstance(one, CONCURRENT)]
    assert migration.atomic is not bool(concurrent)
    assert not concurrent or concurrent == migration.operations
    added = [one for one in concurrent if isinstance(one, postgres.AddIndexConcurrently)]
    assert {type(one) for one in added} <= {AddIndexConcurrently}


def columns_that_nobody_fills(migration: Migration) -> list[str]:
    made = {
        one.name.lower() for one in migration.operations if isinstance(one, migrations.CreateModel)
    }
    return [
        one.name
        for one in migration.operations
        if isinstance(one, migrations.AddField) and one.model_name.lower() not in made
        if not (one.field.null or one.field.has_db_default() or one.field.many_to_many)
    ]


@pytest.mark.parametrize("migration", MIGRATIONS, ids=str)
def test_the_version_before_can_go_on_storing_rows(migration: Migration) -> None:
    """Between migrating and its restart a web process stores rows without the new column."""
    assert not columns_that_nobody_fills(migration)


def test_what_is_added_without_a_look_at_the_rows_is_looked_at_later() -> None:
    added: dict[tuple[str, str], Migration] = {}
    for migration in MIGRATIONS:
        for one in migration.operations:
            if isinstance(one, postgres.AddConstraintNotValid):
                added[migration.app_label, one.constraint.name] = migration
            if isinstance(one, postgres.ValidateConstraint):
                # Else both would be in one transaction, and the lock of the first would last.
                assert added.pop((migration.app_label, one.name)) is not migration
    assert not added


class Hasty(Migration):
    """What somebody writes who knows of no rule."""

    operations = [
        migrations.AddField("signature", "colour", models.CharField(max_length=9, default="")),
        migrations.AddField(
            "signature", "sister", models.ForeignKey("signature", models.CASCADE, null=True)
        ),
        migrations.AddField("signature", "number", models.IntegerField(null=True, unique=True)),
        migrations.AddIndex("signature", models.Index(fields=["colour"], name="by_colour")),
        migrations.AddConstraint(
            "signature", models.CheckConstraint(condition=models.Q(name=""), name="odd")
        ),
        migrations.AlterField("signature", "title", models.CharField(max_length=9, db_index=True)),
        migrations.AddIndex("letter", models.Index(fields=["title"], name="by_title")),
    ]


def test_the_rules_name_what_breaks_them() -> None:
    hasty = Hasty("0099_hasty", "signatures")
    assert columns_that_nobody_fills(hasty) == ["colour"]
    assert len(slow_steps(hasty)) == 5


@pytest.mark.django_db
def test_the_database_itself_fills_what_the_version_before_does_not_know() -> None:
    unknown = {
        "signatures_signature": {
            "confirmed_by", "flags", "retain_name", "represented_by", "revision", "search_text",
            "verdict",
        },
        "letters_letter": {"asks_proof", "retention_months", "title"},
    }  # fmt: skip
    with connection.cursor() as cursor:
        for table, columns in unknown.items():
            cursor.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
                " AND column_default IS NOT NULL",
                [table],
            )
            assert columns <= {row[0] for row in cursor.fetchall()}
