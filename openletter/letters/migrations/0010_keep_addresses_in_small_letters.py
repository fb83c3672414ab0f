from __future__ import annotations

from typing import Any

import django.db.models.functions.text
from django.db import migrations, models


def write_small(apps: Any, _schema_editor: Any) -> None:
    """Write every address in small letters; the old spelling leads there like any other.

    Where another letter has that address already, a number is added.
    """
    letters = apps.get_model("letters", "Letter").objects
    former = apps.get_model("letters", "FormerSlug").objects
    for letter in letters.order_by("pk"):
        if letter.slug != letter.slug.lower():
            small, number = letter.slug.lower(), 2
            while letters.filter(slug=small).exists() or _leads_elsewhere(former, small, letter):
                small = f"{letter.slug.lower()[:70]}-{number}"
                number += 1
            former.filter(slug=small).delete()  # the letter takes its old address again
            letters.filter(pk=letter.pk).update(slug=small)
    for old in former.order_by("pk"):
        small = old.slug.lower()
        if small == old.slug:
            continue
        if letters.filter(slug=small).exists() or former.filter(slug=small).exists():
            old.delete()
        else:
            former.filter(pk=old.pk).update(slug=small)


def _leads_elsewhere(former: Any, slug: str, letter: Any) -> bool:
    return bool(former.filter(slug=slug).exclude(letter=letter).exists())


class Migration(migrations.Migration):
    dependencies = [("letters", "0009_forbid_changes_to_published_updates")]

    operations = [
        migrations.RunPython(write_small, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(slug=django.db.models.functions.text.Lower("slug")),
                name="an_address_has_no_capitals",
                violation_error_message="Use lower-case letters, digits and single hyphens, such as open-ai.",
            ),
        ),
        migrations.AddConstraint(
            model_name="formerslug",
            constraint=models.CheckConstraint(
                condition=models.Q(slug=django.db.models.functions.text.Lower("slug")),
                name="a_former_address_has_no_capitals",
            ),
        ),
    ]
