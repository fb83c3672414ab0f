"""Keep the search for signatures complete and quick, so that nobody who signs has to."""

from __future__ import annotations

from django.db import connection

from openletter.signatures.models import SEARCHED, Signature

BATCH = 1000
_INDEX = "signature_by_words"


def tidy() -> int:
    """Make the search texts that are missing, up to a batch, and return how many were made.

    Then take into the index what confirmations only put on its list: the list would else be read
    by every search, and be taken in as a whole by one who confirms once it is long.
    """
    missing = Signature.objects.filter(search_text="").exclude(name="").order_by("pk")
    number = sum(_make(row) for row in missing.only(*SEARCHED, "search_text")[:BATCH])
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list(%s::regclass)", [_INDEX])
    return number


def _make(row: Signature) -> int:
    said = {name: getattr(row, name) for name in SEARCHED}
    field = Signature._meta.get_field("search_text")
    still = Signature.objects.filter(pk=row.pk, search_text="", **said)
    return still.update(search_text=field.pre_save(row, add=False))
