"""The desks of those who write: letters, versions of their text, updates. Django imports this."""

from __future__ import annotations

from openletter.letters.admin import letters, updates, versions

__all__ = ["letters", "updates", "versions"]
