"""The backend itself; Django finds it by the name of this module."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import psycopg
from django.db.backends.postgresql import base

from openletter.lib.db.connection_options import LONGEST_CHECK
from openletter.lib.db.postgresql.connection import Connection, at_most

# psycopg as Django knows it, but for what it connects by.
_psycopg: Any = ModuleType("psycopg")
vars(_psycopg).update(vars(psycopg), connect=Connection.connect)


class DatabaseWrapper(base.DatabaseWrapper):
    Database = _psycopg

    def __init__(self, settings_dict: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(settings_dict, *args, **kwargs)
        if pool := self.settings_dict["OPTIONS"].get("pool"):
            pool["connection_class"] = Connection

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Return one, from the pool if there is one, which checks that it is alive."""
        with at_most(LONGEST_CHECK):
            return super().get_new_connection(conn_params)

    def is_usable(self) -> bool:
        with at_most(LONGEST_CHECK):
            return self.connection.seems_alive() or bool(super().is_usable())
