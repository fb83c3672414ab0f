"""What the watchdog knows of Celery; how it works is seen in tests/processes/test_delivery.py."""

from __future__ import annotations

from importlib.metadata import version

from celery.worker import state

from openletter.lib.celery.broker_watchdog import WRITTEN_FOR


def test_celery_is_the_one_whose_workers_are_watched() -> None:
    """After an upgrade: compare broker_watchdog with what `celery.worker.state` holds now."""
    assert version("celery").startswith(f"{WRITTEN_FOR}.")
    (taken,) = state.all_total_count
    assert taken >= len(state.reserved_requests)
