"""Starts PostgreSQL, Valkey and SMTP for the tests, before Django reads its settings.

An early pytest plugin (`-p tests.servers`): pytest-django reads the settings before any conftest.
Set TEST_DATABASE_URL and TEST_REDIS_URL to use servers of your own.

The processes of pytest-xdist share PostgreSQL, where each makes its own database, and Valkey, where
each takes its own number. Each has its own mail server, which stores what it gets in TEST_MAILBOX.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from runner.servers import Servers
from runner.throwaway import ThrowawayFolder

if TYPE_CHECKING:
    from collections.abc import Generator

FIXED = {
    "DEBUG": "0",
    "SECRET_KEY": "only-for-tests-only-for-tests-only-for-tests-only-for-tests",
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "SITE_URL": "http://testserver",
    "OPENLETTER_PROCESS": "manage",
    "LOOK_UP_DOMAINS": "0",  # no test asks the name servers of the machine
    "DJANGO_SETTINGS_MODULE": "openletter.settings",
}
# What somebody may have set for their own site must not change what the tests see.
CLEARED = (
    *("ENCRYPTION_KEYS", "LOOKUP_KEY", "MAILBOX_DIR", "SECRET_KEY_FALLBACKS", "SITE_NAME"),
    *("FROM_EMAIL", "TRUSTED_PROXIES", "PUBLIC_CACHE_SECONDS", "STAFF_NEEDS_SECOND_FACTOR"),
    *("MAIL_PROVIDER", "WEBHOOK_SECRET", "SNS_TOPIC_ARN", "BOUNCE_ADDRESS", "BOUNCE_MAILBOX"),
    *("ALARM_EMAIL", "HELD_ALERT", "MAILS_PER_MINUTE", "MAILS_PER_DAY", "DKIM_SELECTORS"),
    *("EXTERNAL_RULE_URL", "EXTERNAL_RULE_SECRET", "EXTERNAL_RULE_SENDS_ADDRESSES"),
    "NETWORKS_FILE",
    *("PORT", "WEB_PROCESSES", "WEB_THREADS", "WORKER_PROCESSES"),
)


class TestServers:
    """The servers of one pytest process; a process of xdist leaves the shared ones alone."""

    __test__ = False  # not a test class, whatever its name

    def __init__(self) -> None:
        self._folder = ThrowawayFolder()
        worker = os.environ.get("PYTEST_XDIST_WORKER", "")  # gw0, gw1, ...
        needs = [
            name
            for name in ("DATABASE_URL", "REDIS_URL")
            if not worker and not os.environ.get(f"TEST_{name}")
        ]
        self._servers = Servers(self._folder.path, [*needs, "EMAIL_URL"], throwaway=True)
        self._number = int(worker.removeprefix("gw")) + 1 if worker else 0

    def start(self) -> None:
        """Start them and say in the environment where they are."""
        for name in CLEARED:
            os.environ.pop(name, None)
        os.environ.update(FIXED)
        addresses = dict(self._servers.start())
        os.environ["TEST_MAILBOX"] = addresses.pop("MAILBOX_DIR")
        os.environ["OPENLETTER_VAR"] = str(self._folder.path)
        os.environ["EMAIL_URL"] = addresses.pop("EMAIL_URL")
        for name in ("DATABASE_URL", "REDIS_URL"):
            # The processes of xdist inherit these from the one that started the servers.
            os.environ[name] = os.environ.setdefault(f"TEST_{name}", addresses.get(name, ""))
        os.environ["REDIS_URL"] = _numbered(os.environ["TEST_REDIS_URL"], self._number)

    def stop(self) -> None:
        self._servers.stop()
        self._folder.remove()


def _numbered(url: str, number: int) -> str:
    """Return the address of another of Valkey's numbered databases."""
    if url.startswith("unix:"):
        return f"{url.partition('?')[0]}?db={number}"
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}/{number}"


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Start before pytest-django, whose hook is not a wrapper and so runs inside this one."""
    servers = TestServers()
    early_config.add_cleanup(servers.stop)
    servers.start()
    return (yield)
