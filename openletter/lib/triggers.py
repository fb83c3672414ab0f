"""SQL that makes the database itself refuse a change; used in migrations."""

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
