"""German: 23. November 2026, 14:00 Uhr (UTC). A time without its zone is none."""

from __future__ import annotations

# A day is not torn from its month at the end of a line.
DATE_FORMAT = "j.\u00a0F Y"
DATETIME_FORMAT = "j.\u00a0F Y, H:i\u00a0\\U\\h\\r (T)"
