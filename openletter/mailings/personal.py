"""A mailing names the member of staff who prepared it; its readers are known by their mails."""

from __future__ import annotations

from openletter.lib.personal import Declaration, Held, impersonal

FIELDS: dict[str, Declaration] = {
    "Mailing": {
        "created_by": Held("who prepared a mailing"),
        **impersonal(
            "id",
            "public_id",
            "update",
            "state",
            "starts_at",
            "cursor",
            "recipients",
            "started_at",
            "enqueued_at",
            "finished_at",
        ),
    },
}
