"""Letters hold the name of their sender, which is public, and nothing else about people."""

from __future__ import annotations

from openletter.letters import asked_fields
from openletter.lib.personal import Declaration, Held, impersonal

FIELDS: dict[str, Declaration] = {
    "Letter": {
        "sender_name": Held("who writes the letter", public=True),
        **impersonal(
            "id",
            "public_id",
            "title",
            "slug",
            "state",
            "goal",
            "policy",
            "reference_language",
            "opens_at",
            "closes_at",
            "takes_organisations",
            *asked_fields.SWITCHES,
            "second_reminder",
            "asks_proof",
            "shows_numbers",
            "retention_months",
            "retention_ended_at",
            "created_at",
            "team",
        ),
    },
    "FormerSlug": impersonal("id", "slug", "letter"),
    "TextVersion": {
        "sender_name": Held("who wrote the letter when this version was published", public=True),
        **impersonal("id", "letter", "number", "published_at", "reason"),
    },
    "Translation": impersonal(
        "id", "public_id", "version", "language", "title", "addressee", "markdown", "html", "sha256"
    ),
    "Update": impersonal("id", "public_id", "letter", "number", "published_at", "created_at"),
    "UpdateText": impersonal("id", "update", "language", "title", "markdown", "html"),
}
