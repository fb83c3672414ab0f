"""I16: logs carry no address and no token, whoever wrote them how."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

from openletter.lib import tokens
from openletter.lib.ids import uuid7
from openletter.lib.logs import NothingPersonal, redact

LOGGING: dict[str, Any] = settings.LOGGING


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("mail to suzie@example.org sent", "mail to [address] sent"),
        ("<Suzie.S+x@example.org>: 550", "<[address]>: 550"),
        ("to='suzie@example.org'", "to='[address]'"),
        ("to=suzie@example.org,sam@example.net", "to=[address],[address]"),
        ("jörg@bücher.example", "[address]"),
        ("o'brien@example.org", "o'[address]"),
        ("GET /s/AAAA-b_.Bc/confirm/ 200", "GET /s/[token]/confirm/ 200"),
        ("GET /de/s/AAAA/inbox/?again=1", "GET /de/s/[token]/inbox/?again=1"),
        ("https://letters.example.org/s/AAAA", "https://letters.example.org/s/[token]"),
        ("GET /accounts/password/reset/key/1-d0c/", "GET /accounts/password/reset/key/[token]/"),
        ("GET /login/?email=suzie%40example.org&x=1", "GET /login/?email=[address]=1"),
        ("to suzie%2Bx%40example.org", "to [address]"),
        ("?next=%2Fs%2FAAAA-b_.Bc%2Fconfirm%2F", "?next=%2Fs%2F[token]%2Fconfirm%2F"),
        ("?next=%2fs%2fAAAA", "?next=%2fs%2f[token]"),
        ("signature 12 published", "signature 12 published"),
        ("GET /open-letter/signatures/ 200", "GET /open-letter/signatures/ 200"),
    ],
)
def test_i16_addresses_and_tokens_are_taken_out(line: str, kept: str) -> None:
    assert redact(line) == kept


def test_t31_a_real_token_is_taken_out_whole() -> None:
    token = tokens.make("inbox", uuid7(), belongs_to=uuid7(), generation=2)
    assert redact(f"GET /s/{token}/code/") == "GET /s/[token]/code/"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What a logger behind our filter and formatter writes."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(NothingPersonal())
    handler.setFormatter(logging.Formatter(LOGGING["formatters"]["line"]["format"]))
    logger = logging.getLogger("tests.logs")
    logger.addHandler(handler)
    yield stream
    logger.removeHandler(handler)


log = logging.getLogger("tests.logs")


def test_i16_addresses_among_the_arguments_are_taken_out(written: io.StringIO) -> None:
    log.warning("mail to %s failed %d times", "suzie@example.org", 3)
    assert "mail to [address] failed 3 times" in written.getvalue()


def test_i16_addresses_in_a_traceback_are_taken_out(written: io.StringIO) -> None:
    try:
        raise ValueError("no mailbox suzie@example.org behind /s/AAAA/confirm/")
    except ValueError:
        log.exception("delivery failed")
    assert "Traceback" in written.getvalue()
    assert "suzie" not in written.getvalue()
    assert "AAAA" not in written.getvalue()


def test_a_line_with_wrong_arguments_stops_nobody(written: io.StringIO) -> None:
    log.warning("%d times", "suzie@example.org")
    log.warning("and on")
    assert "suzie" not in written.getvalue()
    assert "and on" in written.getvalue()


def test_everything_goes_through_the_filter() -> None:
    handlers = [*LOGGING["handlers"].values()]
    assert all("no_personal" in handler["filters"] for handler in handlers)
    assert LOGGING["filters"]["no_personal"]["()"].endswith("NothingPersonal")
    assert not any(logger.get("handlers") for logger in LOGGING["loggers"].values())
