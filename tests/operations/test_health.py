"""What whoever watches the site is told."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from openletter.lib.celery import heartbeat


@pytest.fixture
def no_cache(settings: Any) -> None:
    """The cache's server is away: nothing listens on this port."""
    settings.CACHES = {
        alias: {**cache, "LOCATION": "redis://127.0.0.1:1"}
        for alias, cache in settings.CACHES.items()
    }


def ready(client: Client) -> tuple[int, dict[str, Any]]:
    response = client.get("/readyz")
    assert response["Cache-Control"] == "no-store"
    return response.status_code, response.json()


@pytest.mark.django_db
def test_a_site_without_workers_is_ready_and_says_so(client: Client) -> None:
    assert ready(client) == (
        200,
        {
            "ready": True,
            "database": True,
            "clock": True,
            "cache": True,
            "workers": {"confirm": False, "default": False},
        },
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("lane", "worker"), [("mail.confirm", "confirm"), ("mail.bulk", "default")]
)
def test_a_worker_that_gave_a_sign_is_told_apart_from_the_other(
    client: Client, lane: str, worker: str
) -> None:
    heartbeat.beat(lane)
    workers = ready(client)[1]["workers"]
    assert [name for name, alive in workers.items() if alive] == [worker]


def test_a_sign_of_life_does_not_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "_SILENT_AFTER_SECONDS", 0)  # it has run out already
    heartbeat.beat("mail.confirm")
    assert not heartbeat.is_alive("mail.confirm")


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.usefixtures("no_cache")
def test_f22_a_site_without_its_cache_is_ready_and_says_so(client: Client) -> None:
    status, said = ready(client)
    assert (status, said["ready"], said["cache"]) == (200, True, False)
    assert said["workers"] == {"confirm": False, "default": False}


@pytest.mark.usefixtures("no_cache")
def test_f22_a_worker_goes_on_without_the_cache() -> None:
    heartbeat.beat("mail.confirm")


@pytest.mark.django_db
@pytest.mark.usefixtures("no_cache")
@pytest.mark.parametrize(
    "path", ["/", "/open-letter/", "/open-letter/count.json", "/accounts/login/"]
)
def test_f22_pages_need_no_cache(client: Client, letter: Any, path: str) -> None:
    assert client.get(path).status_code == 200


@pytest.mark.django_db
@pytest.mark.usefixtures("no_cache")
def test_f22_signing_needs_no_cache(sign: Any) -> None:
    assert sign().status_code == 302


def test_a_process_that_answers_is_alive_whatever_the_database_does(client: Client) -> None:
    """Without the mark for the database, a query would fail this test."""
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert response["Cache-Control"] == "no-store"
