"""SQL that makes the database itself refuse a change, or count it; used in migrations."""

from __future__ import annotations


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


def count_changes(table: str, *, of: tuple[str, ...], by: str) -> tuple[str, str]:
    """Return SQL, forward and back, after which a column moves by one with each change of others.

    A later migration may call it again with more columns. They stand in the function and not beside
    the trigger, or PostgreSQL would refuse to make one of them longer.
    """
    name = f"{table}_counts_changes"
    before = ", ".join(f"OLD.{column}" for column in of)
    after = ", ".join(f"NEW.{column}" for column in of)
    forward = f"""
        CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.{by} := OLD.{by} + (({before}) IS DISTINCT FROM ({after}))::int;
            RETURN NEW;
        END $$;
        CREATE OR REPLACE TRIGGER {name} BEFORE UPDATE ON {table}
            FOR EACH ROW EXECUTE FUNCTION {name}();
    """
    backward = f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}();"
    return forward, backward
