from __future__ import annotations

import pytest

# So that what is asserted there is told in full, as in a test.
pytest.register_assert_rewrite("tests.proxies.door")
