"""An upgrade gives nobody new tries."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.db import connection
from django.utils import timezone

from openletter.rate_limits.models import RateLimit

moving = import_module("openletter.accounts.migrations.0005_count_tries_with_all_others")


@pytest.mark.django_db
def test_t54_what_was_counted_for_accounts_goes_on_counting() -> None:
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE accounts_ratelimit (key bytea, free_at timestamptz)")
        cursor.execute("INSERT INTO accounts_ratelimit VALUES (%s, %s)", [b"key", now])
        cursor.execute(moving.MOVE)
    assert [(bytes(one.key), one.free_at) for one in RateLimit.objects.all()] == [(b"key", now)]
