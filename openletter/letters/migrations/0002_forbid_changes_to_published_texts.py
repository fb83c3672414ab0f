from __future__ import annotations

from django.db import migrations

# A signature belongs to a text: once published, no wording changes and none disappears.
FORWARD = """
CREATE FUNCTION letters_published_version_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL THEN
        RAISE EXCEPTION 'a published version never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER letters_published_version_is_final BEFORE UPDATE OR DELETE ON letters_textversion
    FOR EACH ROW EXECUTE FUNCTION letters_published_version_is_final();

CREATE FUNCTION letters_published_text_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM letters_textversion
               WHERE id = OLD.version_id AND published_at IS NOT NULL) THEN
        RAISE EXCEPTION 'a published text never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER letters_published_text_is_final BEFORE UPDATE OR DELETE ON letters_translation
    FOR EACH ROW EXECUTE FUNCTION letters_published_text_is_final();
"""
BACKWARD = """
DROP TRIGGER letters_published_text_is_final ON letters_translation;
DROP FUNCTION letters_published_text_is_final();
DROP TRIGGER letters_published_version_is_final ON letters_textversion;
DROP FUNCTION letters_published_version_is_final();
"""


class Migration(migrations.Migration):
    dependencies = [("letters", "0001_create_letters")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
