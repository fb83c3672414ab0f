"""A last net under the rule that logs carry ids, never names, addresses or links.

And that each line is one of ours: what strangers and staff send stands in a line, never on its own.
"""

from __future__ import annotations

import logging
import re
from http import HTTPStatus
from typing import Any

from openletter.lib import tokens

# What Django and Celery are told: one handler, behind the filter below.
CONFIGURATION: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"no_personal": {"()": "openletter.lib.logs.NothingPersonal"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["no_personal"],
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    # Django's own handlers would print around the filter, or mail a traceback.
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
    },
}

# Strangers write what is redacted here. Every pattern costs no more than in proportion to the
# length of a text (tests/test_patterns.py), and no text is longer than this.
LONGEST = 32 * 1024
CUT = " […]"

# `/`, `@` and what may stand before a token, as they are or as they stand in an address of the web,
# in which one may stand in another: %2F, %252F, …
_SLASH = r"(?:/|\\|%(?:25)*(?:2F|5C))"
_NO_SLASH = r"(?!%(?:25)*(?:2F|5C))"
_GAP = r"(?:[\s\"'<(\[]|%(?:25)*(?:20|22|27|28|3C|5B|0A|0D|09)|\+)"
_PATH = f"{_SLASH}(?:s|password{_SLASH}{{1,9}}reset{_SLASH}{{1,9}}key){_SLASH}{{1,9}}"
# Where it was redacted already, nothing is found any more.
_REDACTED = rf"{_GAP}{{0,9}}\[token\](?:[/\\\s\"'<>]|%(?:25)*(?:2F|5C)|\Z)"
_IN_LINK = re.compile(
    rf"({_PATH}(?!{_REDACTED}){_GAP}{{0,9}})(?:{_NO_SLASH}[^/\\\s\"'<>])+", re.IGNORECASE
)
# A token is known by its shape too: its link may be mangled, or lost.
_SIGNED = re.compile(
    rf"(?<![\w-])[\w-]{{8,}}+(?:[.:]|%(?:25)*(?:2E|3A))[\w-]{{{tokens.SIGNATURE_LENGTH}}}(?![\w-])",
    re.IGNORECASE | re.ASCII,
)
# Django's, for a new password: a user, a time and half a hash.
_RESET_KEY = re.compile(
    r"(?<![a-z0-9-])[a-z0-9]{1,13}-[a-z0-9]{1,13}-[a-f0-9]{32}(?![a-z0-9])", re.IGNORECASE
)
# What ends an address, whatever it is made of; and the sign in its middle.
_WORD = re.compile(r"[^\s<>\"'=:;,()\[\]{}]+")
_AT = re.compile(r"@|%(?:25)*40")
# Between quotes a local part may hold what else ends an address: "suzie signer"@example.org.
_QUOTED = re.compile(
    r'"(?:[^"\\\r\n]|\\.){1,128}?\\?"(?:@|%(?:25)*40)[^\s<>"\'=:;,()\[\]{}]+', re.IGNORECASE
)


def redact(text: str) -> str:
    """Return the text without e-mail addresses and without tokens, and not longer than LONGEST."""
    return _redact(_cut(text))


def _redact(text: str) -> str:
    text = _IN_LINK.sub(r"\1[token]", text)
    text = _SIGNED.sub("[token]", text)
    text = _RESET_KEY.sub("[token]", text)
    if not _AT.search(text):
        return text
    return _WORD.sub(_address, _QUOTED.sub("[address]", text))


def _address(found: re.Match[str]) -> str:
    word = found[0]
    sign = _AT.search(word, 1)  # something stands before it, and a domain behind it
    return "[address]" if sign and "." in word[sign.end() :] else word


def _cut(text: str) -> str:
    """Shorten a long text, between two words: what is left of a secret is not recognised."""
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST].rpartition(' ')[0]}{CUT}"


# What ends a line or acts on a terminal: whoever could write it could write lines of their own.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def _one_line(text: str) -> str:
    return _CONTROL.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    number = ord(found[0])
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"


def _below(text: str) -> str:
    """Return what stands below a line, so that none of it can be taken for one."""
    return "\n".join(f"  {_one_line(line)}" for line in text.split("\n"))


class NothingPersonal(logging.Filter):
    """Redact the finished message, and the traceback or stack that would be printed under it.

    A message is one line, whatever somebody put into it.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            message = record.getMessage()
        except (TypeError, ValueError):  # a line with wrong arguments is still worth reading
            message = str(record.msg)
        record.msg, record.args = _one_line(redact(message)), ()
        if getattr(record, "status_code", None) == HTTPStatus.FORBIDDEN:
            record.exc_info = None  # an answer, and no defect: where it was given says the address
        if record.exc_info:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
            record.exc_info = None
        record.exc_text = _below(redact(record.exc_text)) if record.exc_text else None
        record.stack_info = _below(redact(record.stack_info)) if record.stack_info else None
        return True


def finds_personal(text: str) -> bool:
    """Say whether a line still holds an e-mail address or a token."""
    return _redact(text) != text
