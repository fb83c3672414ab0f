"""What was tried lately, by nothing but keyed hashes."""

from __future__ import annotations

from django.db import models


class RateLimit(models.Model):
    """What was tried under one limit about one subject lately; tries.py counts.

    Its times have no index: each try moves one, and what moves no index is written in place.
    """

    # Keyed hash of the limit's name and the subject.
    key = models.BinaryField(max_length=32, primary_key=True)
    free_at = models.DateTimeField()  # when nothing of it counts any more

    def __str__(self) -> str:
        return "rate limit"
