"""settings.py as an operator meets it: read from the environment, loud when something is wrong."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from tests.servers import CLEARED

FILE = Path(settings.BASE_DIR) / "openletter/settings.py"
PRODUCTION = {
    "DEBUG": "0",
    "SECRET_KEY": "only-for-tests-only-for-tests-only-for-tests",
    "ALLOWED_HOSTS": "letters.example.org,www.letters.example.org",
    "DATABASE_URL": "postgresql://openletter:hunter2@db.example.org/openletter",
    "REDIS_URL": "redis://cache.example.org/0",
    "EMAIL_URL": "submission://openletter:hunter2@mail.example.org",
    "OPENLETTER_PROCESS": "web",
}
REQUIRED = ("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL", "EMAIL_URL")


class Operator:
    """Somebody who sets variables and starts the site."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        for name in (*CLEARED, "SITE_URL"):
            monkeypatch.delenv(name, raising=False)

    def start(self, **variables: str | None) -> dict[str, Any]:
        """Return the settings of a production site with these variables changed."""
        for name, value in {**PRODUCTION, **variables}.items():
            if value is None:
                self._monkeypatch.delenv(name, raising=False)
            else:
                self._monkeypatch.setenv(name, value)
        return runpy.run_path(str(FILE))

    def complaint(self, **variables: str | None) -> str:
        """Return the sentence with which the start stops."""
        with pytest.raises(ImproperlyConfigured) as stopped:
            self.start(**variables)
        return str(stopped.value)


@pytest.fixture
def operator(monkeypatch: pytest.MonkeyPatch) -> Operator:
    return Operator(monkeypatch)


@pytest.mark.parametrize("name", REQUIRED)
@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_required_variable_that_is_missing_stops_the_start_by_name(
    operator: Operator, name: str, value: str | None
) -> None:
    assert operator.complaint(**{name: value}).startswith(f"{name} is not set.")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "hunter2"),
        ("ALLOWED_HOSTS", ","),
        ("DATABASE_URL", "sqlite:///hunter2.db"),
        ("DATABASE_URL", "postgresql://u:hunter2@db:port/x"),
        ("REDIS_URL", "memcached://hunter2"),
        ("EMAIL_URL", "consolemail://hunter2"),
        ("EMAIL_URL", "smtp://u:hunter2@mail:port"),
        ("SITE_URL", "letters.example.org"),
        ("SITE_URL", "http://letters.example.org"),
        ("DEBUG", "maybe"),
        ("PORT", "eighty"),
        ("TRUSTED_PROXIES", "11"),
        ("WEB_THREADS", "0"),
        ("PUBLIC_CACHE_SECONDS", "60"),
    ],
)
def test_a_wrong_variable_stops_the_start_by_name_and_repeats_no_secret(
    operator: Operator, name: str, value: str
) -> None:
    hosts = "localhost" if name == "PORT" else PRODUCTION["ALLOWED_HOSTS"]
    said = operator.complaint(**{"ALLOWED_HOSTS": hosts, name: value})
    assert name in said
    assert "hunter2" not in said


def test_links_in_mails_lead_to_the_first_host_over_https(operator: Operator) -> None:
    assert operator.start()["SITE_URL"] == "https://letters.example.org"
    assert operator.start(SITE_URL="https://other.example.org/")["SITE_URL"] == (
        "https://other.example.org"
    )


def test_a_site_on_this_machine_needs_no_https(operator: Operator) -> None:
    local = operator.start(ALLOWED_HOSTS="localhost", PORT="8123")
    assert local["SITE_URL"] == "http://localhost:8123"
    assert (local["SECURE_SSL_REDIRECT"], local["SESSION_COOKIE_SECURE"]) == (False, False)


def test_over_https_cookies_are_bound_to_the_host(operator: Operator) -> None:
    site = operator.start()
    assert (site["SESSION_COOKIE_NAME"], site["CSRF_COOKIE_NAME"]) == (
        "__Host-session",
        "__Host-csrf",
    )
    assert site["SESSION_COOKIE_SECURE"]
    assert site["CSRF_COOKIE_SECURE"]
    assert site["SECURE_HSTS_SECONDS"] >= 31_536_000


def test_t24_forwarded_headers_are_believed_only_behind_a_counted_proxy(
    operator: Operator,
) -> None:
    alone, behind = operator.start(), operator.start(TRUSTED_PROXIES="1")
    assert alone["SECURE_PROXY_SSL_HEADER"] is None
    assert alone["SECURE_SSL_REDIRECT"] is False
    assert behind["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")
    assert alone["USE_X_FORWARDED_HOST"] is behind["USE_X_FORWARDED_HOST"] is False


def test_the_mailbox_exists_in_development_only(operator: Operator) -> None:
    assert operator.start(MAILBOX_DIR="/tmp/mailbox")["MAILBOX_DIR"] == ""  # noqa: S108
    developing = operator.start(MAILBOX_DIR="/tmp/mailbox", DEBUG="1")  # noqa: S108
    assert developing["MAILBOX_DIR"] == "/tmp/mailbox"  # noqa: S108


def test_t33_staff_need_a_second_factor_unless_somebody_says_otherwise(operator: Operator) -> None:
    assert operator.start()["STAFF_NEEDS_SECOND_FACTOR"] is True
    assert operator.start(DEBUG="1")["STAFF_NEEDS_SECOND_FACTOR"] is False
    assert operator.start(DEBUG="1", STAFF_NEEDS_SECOND_FACTOR="1")["STAFF_NEEDS_SECOND_FACTOR"]


def test_domains_are_looked_up_on_a_real_site_unless_somebody_says_otherwise(
    operator: Operator,
) -> None:
    assert operator.start(LOOK_UP_DOMAINS=None)["LOOK_UP_DOMAINS"] is True
    assert operator.start(LOOK_UP_DOMAINS="0")["LOOK_UP_DOMAINS"] is False
    assert operator.start(LOOK_UP_DOMAINS=None, DEBUG="1")["LOOK_UP_DOMAINS"] is False


def test_only_web_processes_keep_a_pool_of_connections(operator: Operator) -> None:
    web = operator.start(WEB_THREADS="8")["DATABASES"]["default"]
    worker = operator.start(OPENLETTER_PROCESS="worker")["DATABASES"]["default"]
    assert web["OPTIONS"]["pool"]["max_size"] == 9
    assert web.get("CONN_MAX_AGE", 0) == 0
    assert "pool" not in worker["OPTIONS"]
    assert worker["CONN_HEALTH_CHECKS"] is True


def test_f14_no_query_and_no_lock_is_waited_for_for_ever(operator: Operator) -> None:
    options = operator.start()["DATABASES"]["default"]["OPTIONS"]["options"]
    for limit in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
        assert f"-c {limit}=" in options


@pytest.mark.parametrize("process", ["web", "worker", "manage"])
def test_f30_a_database_that_falls_silent_is_not_waited_for(
    operator: Operator, process: str
) -> None:
    options = operator.start(OPENLETTER_PROCESS=process)["DATABASES"]["default"]["OPTIONS"]
    assert options["connect_timeout"] <= 3
    assert options["tcp_user_timeout"] <= 5000
    idle, pause, tries = (options[f"keepalives_{name}"] for name in ("idle", "interval", "count"))
    assert idle + pause * tries <= 6
    assert "-c client_connection_check_interval=" in options["options"]


def test_what_database_url_says_of_the_connection_wins(operator: Operator) -> None:
    url = f"{PRODUCTION['DATABASE_URL']}?connect_timeout=9&sslmode=require"
    options = operator.start(DATABASE_URL=url)["DATABASES"]["default"]["OPTIONS"]
    assert (int(options["connect_timeout"]), options["sslmode"]) == (9, "require")
    assert options["tcp_user_timeout"] <= 5000


def test_f34_behind_a_pooler_nothing_is_sent_that_it_refuses_or_mixes_up(
    operator: Operator,
) -> None:
    found = operator.start(DATABASE_POOLER="1")["DATABASES"]["default"]
    assert "options" not in found["OPTIONS"]
    assert found["OPTIONS"]["prepare_threshold"] is None
    assert found["DISABLE_SERVER_SIDE_CURSORS"] is True


def test_f09_a_relay_that_does_not_answer_is_not_waited_for(operator: Operator) -> None:
    site = operator.start()
    assert 0 < site["EMAIL_TIMEOUT"] <= 10
    assert (site["EMAIL_HOST"], site["EMAIL_PORT"], site["EMAIL_USE_TLS"]) == (
        "mail.example.org",
        587,
        True,
    )


def test_f02_a_broker_or_cache_that_hangs_is_not_waited_for(operator: Operator) -> None:
    site = operator.start()
    assert site["CACHES"]["default"]["OPTIONS"]["socket_timeout"] <= 1
    assert site["CELERY_BROKER_TRANSPORT_OPTIONS"]["socket_timeout"] <= 5
    assert site["CELERY_BROKER_TRANSPORT_OPTIONS"]["socket_connect_timeout"] <= 1


def test_f05_a_task_of_a_killed_worker_is_done_again_and_outlives_no_visibility(
    operator: Operator,
) -> None:
    site = operator.start()
    assert site["CELERY_TASK_ACKS_LATE"]
    assert site["CELERY_TASK_REJECT_ON_WORKER_LOST"]
    assert site["CELERY_WORKER_PREFETCH_MULTIPLIER"] == 1
    visibility = site["CELERY_BROKER_TRANSPORT_OPTIONS"]["visibility_timeout"]
    assert visibility >= 5 * site["CELERY_TASK_TIME_LIMIT"]
    assert site["CELERY_ACCEPT_CONTENT"] == ["json"]


@pytest.mark.parametrize(
    ("given", "broker"),
    [
        ("redis://cache.example.org/3", "redis://cache.example.org/3"),
        ("rediss://:pw@cache.example.org/0", "rediss://:pw@cache.example.org/0"),
        ("unix:///run/v.sock?db=2", "redis+socket:///run/v.sock?virtual_host=2"),
        ("unix:///run/v.sock", "redis+socket:///run/v.sock"),
    ],
)
def test_the_broker_is_the_cache_in_the_spelling_of_celery(
    operator: Operator, given: str, broker: str
) -> None:
    assert operator.start(REDIS_URL=given)["CELERY_BROKER_URL"] == broker
