"""Which promise of the database an act would have broken."""

from __future__ import annotations

from django.db import IntegrityError


def broken_by(problem: IntegrityError) -> str:
    """Return the name of the constraint, or an empty text when the database named none."""
    diagnosis = getattr(problem.__cause__, "diag", None)
    return str(getattr(diagnosis, "constraint_name", None) or "")
