"""Attempts to sign, for what is counted about who confirms."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from openletter.letters.models import Letter
from openletter.lib.ids import uuid7
from openletter.signatures.models import Signature
from tests.factories import text_of

NOW = datetime(2026, 11, 23, 20, 40, tzinfo=UTC)
HOUR = timedelta(hours=1)


def attempts(
    letter: Letter, domain: str, number: int, *, confirmed: int = 0, at: datetime = NOW - HOUR
) -> None:
    text = text_of(letter)
    Signature.objects.bulk_create(
        Signature(
            letter=letter,
            translation=text,
            language="en",
            name="S",
            email="x",
            email_key=uuid7().bytes,
            email_domain=domain,
            consent="2026-11",
            created_at=at,
            asked_at=at,
            confirmed_at=at if place < confirmed else None,
        )
        for place in range(number)
    )
