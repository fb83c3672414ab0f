"""An index in which nothing stands twice, which can be made beside those who write."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement


class UniqueIndex(models.Index):
    """Promises what a constraint does; one of those cannot be added to a table that grows."""

    def create_sql(
        self,
        model: type[models.Model],
        schema_editor: BaseDatabaseSchemaEditor,
        using: str = "",
        **options: Any,
    ) -> Statement:
        statement = super().create_sql(model, schema_editor, using=using, **options)
        template = str(statement.template)
        statement.template = template.replace("CREATE INDEX", "CREATE UNIQUE INDEX", 1)
        return statement
