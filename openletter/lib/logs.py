"""A last net under the rule that logs carry ids, never names, addresses or links."""

from __future__ import annotations

import logging
import re

# As they are, and as they stand in an address of the web.
_AT, _SLASH = "(?:@|%40)", "(?:/|%2F)"
_WORD = r"[^\s<>\"'=:;,()\[\]{}@]"
_ADDRESS = re.compile(rf"(?<!{_WORD}){_WORD}+{_AT}{_WORD}+\.{_WORD}+")
_SECRETS = f"{_SLASH}(?:s|password{_SLASH}reset{_SLASH}key){_SLASH}"
_TOKEN = re.compile(rf"({_SECRETS})(?:(?!%2F)[^/\s\"'])+", re.IGNORECASE)


def redact(text: str) -> str:
    """Return the text without e-mail addresses and without the tokens of signed links."""
    return _TOKEN.sub(r"\1[token]", _ADDRESS.sub("[address]", text))


class NothingPersonal(logging.Filter):
    """Redact the finished message, and the traceback that would be printed under it."""

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            message = record.getMessage()
        except (TypeError, ValueError):  # a line with wrong arguments is still worth reading
            message = str(record.msg)
        record.msg, record.args = redact(message), ()
        if record.exc_info:
            record.exc_text = redact(logging.Formatter().formatException(record.exc_info))
            record.exc_info = None
        return True


def finds_personal(text: str) -> bool:
    """Say whether a line still holds an e-mail address or a token."""
    return redact(text) != text
