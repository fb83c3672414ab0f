"""This package holds nothing about people: only where something was deleted."""

from __future__ import annotations

from openletter.lib.personal import Declaration, impersonal

FIELDS: dict[str, Declaration] = {"DiskTrace": impersonal("id", "table", "at", "tries")}
