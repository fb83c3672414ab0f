from __future__ import annotations

from django.db import migrations

# What was published as news stays as it was, like a letter's text: it may have gone out by mail.
# A text asks for its update's row (FOR SHARE) and so waits for whoever is just publishing it; the
# texts of letters do so too from now on.
FORWARD = """
CREATE FUNCTION letters_published_update_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL THEN
        RAISE EXCEPTION 'a published update never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER letters_published_update_is_final BEFORE UPDATE OR DELETE ON letters_update
    FOR EACH ROW EXECUTE FUNCTION letters_published_update_is_final();

CREATE FUNCTION letters_published_update_text_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    at timestamptz;
BEGIN
    SELECT published_at INTO at FROM letters_update WHERE id = OLD.update_id FOR SHARE;
    IF at IS NOT NULL THEN
        RAISE EXCEPTION 'a published update never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER letters_published_update_text_is_final BEFORE UPDATE OR DELETE ON letters_updatetext
    FOR EACH ROW EXECUTE FUNCTION letters_published_update_text_is_final();

CREATE OR REPLACE FUNCTION letters_published_text_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    at timestamptz;
BEGIN
    SELECT published_at INTO at FROM letters_textversion WHERE id = OLD.version_id FOR SHARE;
    IF at IS NOT NULL THEN
        RAISE EXCEPTION 'a published text never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
"""
BACKWARD = """
DROP TRIGGER letters_published_update_text_is_final ON letters_updatetext;
DROP FUNCTION letters_published_update_text_is_final();
DROP TRIGGER letters_published_update_is_final ON letters_update;
DROP FUNCTION letters_published_update_is_final();

CREATE OR REPLACE FUNCTION letters_published_text_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM letters_textversion
               WHERE id = OLD.version_id AND published_at IS NOT NULL) THEN
        RAISE EXCEPTION 'a published text never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("letters", "0008_give_letters_a_title")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
