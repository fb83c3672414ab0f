"""What tests of the database's own library ask for."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connections


@pytest.fixture
def params(transactional_db: None) -> dict[str, Any]:
    """What psycopg needs to connect to the tests' database."""
    return connections["default"].get_connection_params()
