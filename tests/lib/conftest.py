"""Property tests find the same cases on every machine, and none fails for being slow."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("openletter", deadline=None, derandomize=True, database=None)
settings.load_profile("openletter")
