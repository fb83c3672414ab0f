"""I16: logs carry no address and no token, whoever wrote them how."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

from openletter.lib import tokens
from openletter.lib.ids import uuid7
from openletter.lib.logs import CUT, LONGEST, NothingPersonal, finds_personal, redact
from tests.factories import log_in

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
        ('to "suzie signer"@example.org: 550', "to [address]: 550"),
        ('<"a, b <c>"@example.org>', "<[address]>"),
        (r'{"to": "\"a b\"@example.org"}', '{"to": [address]"}'),
        (r'"a\"b; c"@example.org', "[address]"),
        ('title="x" to="a b"@example.org', 'title="x" to=[address]'),
        ('said "hello" @example.org', 'said "hello" @example.org'),
        ("to suzie%2Bx%40example.org", "to [address]"),
        ("?next=%2Fs%2FAAAA-b_.Bc%2Fconfirm%2F", "?next=%2Fs%2F[token]%2Fconfirm%2F"),
        ("?next=%2fs%2fAAAA", "?next=%2fs%2f[token]"),
        ("GET /s/%20AAAA/", "GET /s/%20[token]/"),
        ("/s/[token]/AAAA-b_.Bc", "/s/[token]/AAAA-b_.Bc"),
        ("/s/[token]AAAA", "/s/[[token]"),
        ("signature 12 published", "signature 12 published"),
        ("GET /open-letter/signatures/ 200", "GET /open-letter/signatures/ 200"),
    ],
)
def test_i16_addresses_and_tokens_are_taken_out(line: str, kept: str) -> None:
    assert redact(line) == kept
    assert not finds_personal(kept)


def test_t31_a_real_token_is_taken_out_whole() -> None:
    token = tokens.make("inbox", uuid7(), belongs_to=uuid7(), generation=2)
    assert redact(f"GET /s/{token}/code/") == "GET /s/[token]/code/"


# What people, mail programs and scanners make of a link.
MANGLED = (
    *("/s//TOKEN/", "//s/TOKEN/", "/s/ TOKEN/", "/s/%20TOKEN/", "/s/+TOKEN", "/S/TOKEN/confirm/"),
    *('/s/"TOKEN"/', "/s/'TOKEN'/", '"/s/TOKEN"', "/s/%22TOKEN%22/", "</s/<TOKEN>/>", "/s/(TOKEN)"),
    *("\\s\\TOKEN\\confirm", "/s\\TOKEN", "%5Cs%5CTOKEN", "\\\\s\\\\TOKEN"),
    *("%2Fs%2FTOKEN%2F", "%252Fs%252FTOKEN%252F", "%25252fs%25252fTOKEN", "%2Fs%2F%2FTOKEN"),
    *(
        "Referer: https://letters.example.org/s/TOKEN/",
        "?next=/s/TOKEN/",
        "#/s/TOKEN",
        "/x/s/TOKEN",
    ),
    *("/s/TOKEN%22%3E", "/s/TOKEN.", "/s/TOKEN)", "/s/TOKEN,", "/s/TOKEN=", "/s/TOKEN%3D"),
    *("s TOKEN", "/TOKEN/", "TOKEN", "token=TOKEN&x", "('TOKEN',)", "TOKEN/s/", "/ s / TOKEN"),
    *("=3DTOKEN", "%3DTOKEN%26", "b'TOKEN'", "https://letters.example.org/s/\nTOKEN", "s/TOKEN"),
)


@pytest.mark.parametrize("mangled", MANGLED)
@pytest.mark.parametrize("purpose", ["inbox", "confirm"])
def test_t31_a_token_is_taken_out_of_a_mangled_link_too(mangled: str, purpose: str) -> None:
    belongs_to = uuid7() if purpose == "inbox" else None
    token = tokens.make(purpose, uuid7(), belongs_to=belongs_to, generation=2)
    for written in (token, token.replace(".", "%2E"), token.upper(), token.replace(".", "%252e")):
        payload, signature = re.split(r"\.|%(?:25)?2[Ee]", written)
        line = redact(f"Not Found: {mangled.replace('TOKEN', written)} and on")
        assert payload not in line
        assert signature not in line
        assert line.startswith("Not Found: ")
        assert line.endswith(" on")
        assert not finds_personal(line)


@pytest.mark.parametrize("mangled", ["/accounts/password//reset/key//KEY/", "KEY", "%252FKEY%252F"])
def test_t31_so_is_the_key_for_a_new_password(mangled: str) -> None:
    key = "1f-d0cabc-0123456789abcdef0123456789abcdef"
    assert key not in redact(mangled.replace("KEY", key))


@pytest.mark.parametrize(
    "line",
    [
        "signature 019ad0aa-7c1e-7b06-9df0-0c1e5a3b8a11 published",
        f"the text has the fingerprint {'0123456789abcdef' * 4}",
        "openletter.signatures.confirmation.the_first_confirmed_attempt_wins_others_expire failed",
        '  File "/srv/openletter/openletter/signatures/confirmation.py", line 12, in confirm',
        "    @transaction.atomic",
        "GET /open-letter/signatures/?after=100 404",
        "redis+socket:///tmp/openletter-0-0123456789ab/valkey.sock?virtual_host=0",
        "confirm@web-1 ready.",
    ],
)
def test_what_is_no_secret_is_kept(line: str) -> None:
    assert redact(line) == line
    assert not finds_personal(line)


def test_t44_a_long_line_is_cut_between_two_words() -> None:
    line = redact("word " * 10_000 + "suzie@example.org")
    assert len(line) <= LONGEST
    assert line.endswith(f"word{CUT}")
    assert redact("x" * 100_000) == CUT


@pytest.mark.parametrize(
    "written", ["suzie%2540example.org", "SUZIE%40EXAMPLE.ORG", "@suzie@a.org"]
)
def test_i16_addresses_in_other_spellings_are_taken_out(written: str) -> None:
    assert "uzie" not in redact(f"to {written} sent").lower()


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


def test_i16_addresses_in_a_stack_are_taken_out(written: io.StringIO) -> None:
    log.warning("delivery is slow", stack_info=True)  # suzie@example.org
    assert "Stack" in written.getvalue()
    assert "suzie" not in written.getvalue()


def test_a_line_with_wrong_arguments_stops_nobody(written: io.StringIO) -> None:
    log.warning("%d times", "suzie@example.org")
    log.warning("and on")
    assert "suzie" not in written.getvalue()
    assert "and on" in written.getvalue()


FORGED = "x\n2026-11-30 12:00:00,000 ERROR openletter.ledger the number is wrong"


def test_nobody_writes_a_line_of_their_own(written: io.StringIO) -> None:
    log.warning("The field %s cannot be referenced.", f"{FORGED}\r\x1b[2J\x00\x9b\u2028\u202e")
    (line,) = written.getvalue().splitlines()
    assert line.endswith(r"is wrong\x0d\x1b[2J\x00\x9b\u2028\u202e cannot be referenced.")
    assert r"x\x0a2026" in line


def test_nor_in_a_traceback_or_a_stack(written: io.StringIO) -> None:
    try:
        raise ValueError(f"{FORGED}\x1b[2J\x85")
    except ValueError:
        log.exception("failed", stack_info=True)
    first, *below = written.getvalue().splitlines()
    assert first.endswith(" failed")
    assert all(line.startswith("  ") for line in below)
    assert "Traceback (most recent call last):" in below[0]
    assert any(r"is wrong\x1b[2J\x85" in line for line in below)


@pytest.mark.parametrize("status", [403, 500])
def test_who_may_not_is_one_line_and_a_defect_is_told_in_full(
    written: io.StringIO, status: int
) -> None:
    try:
        raise PermissionError
    except PermissionError:
        log.warning("no: /admin/", exc_info=True, extra={"status_code": status})
    assert (len(written.getvalue().splitlines()) == 1) == (status == 403)


@pytest.mark.django_db
def test_staff_write_no_line_of_their_own(written: io.StringIO) -> None:
    handler = logging.getLogger("tests.logs").handlers[0]
    root = logging.getLogger("django")
    root.addHandler(handler)
    try:
        desk = log_in()
        desk.raise_request_exception = False
        desk.get("/admin/letters/letter/add/", {"_to_field": FORGED})
    finally:
        root.removeHandler(handler)
    assert "cannot be referenced" in written.getvalue()
    assert not re.search(r"^2026-11-30 12:00:00", written.getvalue(), re.MULTILINE)


def test_everything_goes_through_the_filter() -> None:
    handlers = [*LOGGING["handlers"].values()]
    assert all("no_personal" in handler["filters"] for handler in handlers)
    assert LOGGING["filters"]["no_personal"]["()"].endswith("NothingPersonal")
    assert not any(logger.get("handlers") for logger in LOGGING["loggers"].values())
