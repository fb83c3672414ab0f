"""What every test may ask for."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Generator, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client, TransactionTestCase
from django.utils import timezone
from hypothesis import settings as hypothesis_settings
from xdist.remote import Producer

from openletter.counters import counts
from openletter.letters.models import Letter
from openletter.lib.db import clock
from openletter.lib.people import network_owners
from openletter.mail.outbox import delivery
from openletter.moderation import source_lists, watched_names
from openletter.moderation.external_rule.asking import breaker
from openletter.moderation.rule_settings import in_force
from openletter.signatures import rule_facts
from openletter.signatures.abuse import form_tokens
from tests.emptying import empty_tables
from tests.factories import log_in, make_letter, text_of
from tests.sharing import Sharing

Sign = Callable[..., object]
SMTP = "openletter.mail.transport.smtp.EmailBackend"

# Property tests find the same cases on every machine, and none fails for being slow.
hypothesis_settings.register_profile("openletter", deadline=None, derandomize=True, database=None)
hypothesis_settings.load_profile("openletter")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Sharing | None:
    return Sharing(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Import the tests an hour ago.

    On a slow machine a test runs long after its module took the time into a constant. One that
    minds the difference to the clock fails so on every machine, and not on a slow one now and then.
    """
    clock_of_today, late = timezone.now, timedelta(hours=1)

    def now() -> datetime:
        return clock_of_today() - late

    timezone.now = now
    try:
        return (yield)
    finally:
        timezone.now, late = (
            clock_of_today,
            timedelta(0),
        )  # whoever kept `now` has the right time too


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Do not look through thousands of tests that stay to the end for garbage again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _static_files() -> None:
    """Pages link to files by their hashed names, as in production.

    Files are looked up when they are asked for: to read a thousand of them for each client that a
    test makes would take most of the time of the tests.
    """
    call_command("collectstatic", interactive=False, verbosity=0)
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(scope="session", autouse=True)
def _quick() -> Iterator[None]:
    """Spare the tests what costs much and is not what they are about."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty_tables)
        yield


@pytest.fixture(autouse=True)
def _fresh() -> None:
    """Nothing kept by a process or the cache leaks from one test into the next."""
    settings.PUBLIC_CACHE_SECONDS = 0
    counts.forget()
    source_lists.forget()
    watched_names.forget()
    in_force.forget()
    rule_facts.forget()
    breaker.forget()
    network_owners.forget()
    delivery.relay.errors = 0
    clock._known = clock._Known()  # of one that moved the time
    cache.clear()


@pytest.fixture
def letter(db: None) -> Letter:
    return make_letter()


@pytest.fixture
def desk(db: None) -> Client:
    """The browser of a moderator who has logged in."""
    return log_in()


@pytest.fixture
def mailbox(settings: Any) -> Path:
    """Send to the tests' real SMTP server, and return the folder where it keeps what it got."""
    settings.EMAIL_BACKEND = SMTP
    folder = Path(os.environ["TEST_MAILBOX"])
    for file in folder.glob("*.eml"):
        file.unlink()
    return folder


def form_for(letter: Letter, **typed: str) -> dict[str, str]:
    """Return what a browser would send for the form under a letter."""
    return {
        "kind": "person",
        "name": "Suzie Signer",
        "email": "suzie@example.org",
        "show_name": "on",
        "consent": "on",
        "form_token": form_tokens.make(text_of(letter).public_id),
        **typed,
    }


@pytest.fixture
def sign(client: Client, letter: Letter) -> Sign:
    """Send the form under the letter as a browser does."""

    def send(**typed: str) -> object:
        return client.post(
            f"/{letter.slug}/sign/",
            urlencode(form_for(letter, **typed)),
            content_type="application/x-www-form-urlencoded",
            headers={"Sec-Fetch-Site": "same-origin"},
        )

    return send
