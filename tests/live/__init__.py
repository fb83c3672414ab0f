"""The whole site as real processes, for tests that meet it only from outside."""

from __future__ import annotations

import pytest

# So that what is asserted there is told in full, as in a test.
pytest.register_assert_rewrite("tests.live.letterbox", "tests.live.site", "tests.live.waiting")
