from __future__ import annotations

from django.db import migrations

# Adds the next lines of a letter's ledger, one a signature, all of one kind, and moves its number
# once; `people` and `organisations` say by how much. Each line says the number after it.
_APPEND_ALL = """
CREATE FUNCTION ledger_append_all(
    letter bigint, signatures bigint[], kind text, people integer, organisations integer,
    at timestamptz, batch uuid
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    lines integer := cardinality(signatures);
    step integer := CASE WHEN kind IN ('signed', 'restored') THEN 1 ELSE -1 END;
    first integer;
    before integer;
BEGIN
    IF abs(people + organisations) <> lines THEN
        RAISE EXCEPTION 'each line moves the number by one' USING ERRCODE = 'check_violation';
    END IF;
    LOOP
        UPDATE ledger_tally AS tally SET
            next_index = tally.next_index + lines,
            people = tally.people + ledger_append_all.people,
            organisations = tally.organisations + ledger_append_all.organisations
        WHERE tally.letter_id = ledger_append_all.letter
        RETURNING tally.next_index - lines, tally.people + tally.organisations - step * lines
            INTO first, before;
        EXIT WHEN FOUND;
        INSERT INTO ledger_tally (letter_id, next_index, people, organisations)
        VALUES (ledger_append_all.letter, 0, 0, 0) ON CONFLICT DO NOTHING;
    END LOOP;
    INSERT INTO ledger_ledgerentry (letter_id, index, kind, signature_id, at, count, batch)
    SELECT ledger_append_all.letter, first + one.place - 1, ledger_append_all.kind, one.signature,
        ledger_append_all.at, before + step * one.place, ledger_append_all.batch
    FROM unnest(signatures) WITH ORDINALITY AS one (signature, place) ORDER BY one.place;
END $$
"""
_FORGET_APPEND_ALL = (
    "DROP FUNCTION ledger_append_all(bigint, bigint[], text, integer, integer, timestamptz, uuid)"
)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_create_ledger")]

    operations = [migrations.RunSQL(_APPEND_ALL, _FORGET_APPEND_ALL)]
