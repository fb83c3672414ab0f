"""What a process and PostgreSQL agree on before they work together; tests/processes has poolers."""

from __future__ import annotations

import threading
from typing import Any

import psycopg
import pytest
from django.db import connections
from psycopg import errors

from openletter.lib.db import connection_options, fitness
from openletter.lib.db.connection_options import LIMITS
from tests.live.waiting import PATIENCE

NUMBER = 4711


@pytest.mark.parametrize("process", ["web", "worker", "manage"])
def test_f14_f31_every_session_has_the_limits(params: dict[str, Any], process: str) -> None:
    options = connection_options.options(process, has_pooler=False)
    with psycopg.connect(**{**params, **options}) as session:
        found = {name: session.execute(f"SHOW {name}").fetchone()[0] for name in LIMITS}  # type: ignore[index]
    assert found == {
        "statement_timeout": "15s",
        "lock_timeout": "5s",
        "idle_in_transaction_session_timeout": "30s" if process == "manage" else "5s",
    }


def test_f34_a_database_that_has_every_limit_is_fit(params: dict[str, Any]) -> None:
    fitness.insist_on_fitness()


def test_f34_a_session_without_a_limit_is_refused_by_name(
    params: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking = {**params, "options": "-c statement_timeout=15000 -c lock_timeout=0"}
    with monkeypatch.context() as patch:
        patch.setattr(connections["default"], "get_connection_params", lambda: lacking)
        with pytest.raises(
            fitness.Unfit, match="no idle_in_transaction_session_timeout, lock_timeout of"
        ) as refused:
            fitness.insist_on_fitness()
    assert "statement_timeout" not in str(refused.value)


def test_a_database_that_is_away_is_no_reason_not_to_start(
    params: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = {**params, "host": "127.0.0.1", "port": 1}
    with monkeypatch.context() as patch:
        patch.setattr(connections["default"], "get_connection_params", lambda: nowhere)
        fitness.insist_on_fitness()


def test_f30_a_pause_while_it_is_looked_at_is_no_reason_not_to_start(
    params: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def ended_by(problem: psycopg.Error) -> None:
        def judge(_session: object) -> None:
            raise problem

        monkeypatch.setattr(fitness, "_judge", judge)
        fitness.insist_on_fitness()

    ended_by(errors.IdleInTransactionSessionTimeout())
    with pytest.raises(errors.UndefinedTable):
        ended_by(errors.UndefinedTable())


def test_f34_a_web_process_takes_no_connection_that_is_unfit(
    params: dict[str, Any], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    default = connections["default"]
    default.close()
    settings.PROCESS = "web"
    with monkeypatch.context() as patch:
        patch.setattr(fitness, "_is_fit", False)
        patch.setattr(default, "get_connection_params", lambda: {**params, "options": ""})
        for _ in range(2):
            with pytest.raises(fitness.Unfit):
                default.ensure_connection()
        assert default.connection is None


@pytest.mark.slow
def test_f36_one_at_a_time(params: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    order: list[str] = []
    waits = threading.Event()

    def second() -> None:
        waits.set()
        with fitness.alone(NUMBER):
            order.append("second")

    with fitness.alone(NUMBER):
        thread = threading.Thread(target=second)
        thread.start()
        assert waits.wait(PATIENCE)
        while "waiting for it" not in caplog.text:
            thread.join(0.05)
        order.append("first")
    thread.join(PATIENCE)
    assert order == ["first", "second"]


@pytest.mark.django_db(transaction=True)
def test_f36_whoever_fails_in_there_lets_the_next_one_in() -> None:
    with pytest.raises(RuntimeError), fitness.alone(NUMBER):
        raise RuntimeError
    with fitness.alone(NUMBER):
        pass
