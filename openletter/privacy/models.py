"""What is still to be done about data that people had deleted."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class DiskTrace(models.Model):
    """A table in which somebody was erased, and whose old row versions may still be on disk.

    The row is the promise that they leave it: written with the erasure, deleted when they are gone.
    """

    table = models.CharField(max_length=63)
    at = models.DateTimeField(db_default=Now())
    # How often it was tried in vain.
    tries = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "disk trace"
        verbose_name_plural = "disk traces"

    def __str__(self) -> str:
        return f"{self.table}, {self.tries} tries"
