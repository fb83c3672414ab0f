"""SQL that makes the database itself refuse a change, or count it; used in migrations."""

from __future__ import annotations

from dataclasses import dataclass


def refuse_changes(table: str, *, because: str) -> tuple[str, str]:
    """Return SQL, forward and back, after which rows of a table can only be added."""
    name = f"{table}_is_append_only"
    forward = f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '{because}' USING ERRCODE = 'restrict_violation';
        END $$;
        CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION {name}();
    """
    backward = f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}();"
    return forward, backward


@dataclass(frozen=True)
class Watched:
    """The columns whose changes are counted, and one that the application makes of some of them.

    Where they change and it does not it is emptied, so that it never says what they said before.
    """

    columns: tuple[str, ...]
    made: str = ""
    made_of: tuple[str, ...] = ()


def count_changes(
    table: str, *, of: Watched, by: str, formerly: Watched | None = None
) -> tuple[str, str]:
    """Return SQL, forward and back, after which a column moves by one with each change of others.

    A later migration may call it again with other columns, and says which they were `formerly`.
    They stand in the function and not beside the trigger, or PostgreSQL would refuse to make one of
    them longer.
    """
    name = f"{table}_counts_changes"
    forward = f"""
        {_function(name, of, by)}
        CREATE OR REPLACE TRIGGER {name} BEFORE UPDATE ON {table}
            FOR EACH ROW EXECUTE FUNCTION {name}();
    """
    backward = f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}();"
    return forward, _function(name, formerly, by) if formerly else backward


def _function(name: str, of: Watched, by: str) -> str:
    emptied = f"""
            IF NEW.{of.made} = OLD.{of.made} AND {_change(of.made_of)} THEN
                NEW.{of.made} := '';
            END IF;"""
    return f"""
        CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.{by} := OLD.{by} + ({_change(of.columns)})::int;{emptied if of.made else ""}
            RETURN NEW;
        END $$;"""


def _change(columns: tuple[str, ...]) -> str:
    before = ", ".join(f"OLD.{column}" for column in columns)
    after = ", ".join(f"NEW.{column}" for column in columns)
    return f"({before}) IS DISTINCT FROM ({after})"
