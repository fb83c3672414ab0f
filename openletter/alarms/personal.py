"""Alarms are about machines, tasks and letters: they hold nothing about people."""

from __future__ import annotations

from openletter.lib.personal import Declaration, impersonal

FIELDS: dict[str, Declaration] = {
    "Alarm": impersonal("id", "kind", "key", "text", "raised_at", "resolved_at"),
}
