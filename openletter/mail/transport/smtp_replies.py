"""What an answer of the relay means: for the mail, for its domain, or for all mail."""

from __future__ import annotations

import re
import smtplib
import ssl
from dataclasses import dataclass
from enum import Enum, Flag, auto

import requests
from anymail.exceptions import (
    AnymailAPIError,
    AnymailError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
)
from django.core.exceptions import ImproperlyConfigured
from urllib3.exceptions import MaxRetryError

from openletter.mail.models import OutgoingMail

# What stands in a mail's error, and in the log, when all mail waits.
AWAY = "the relay takes no mail"
REFUSES = "the relay refuses our mail"

# What may come instead of a yes, over SMTP or from a provider's API: the network, the relay's no,
# or (ValueError, TypeError) a message that cannot be written at all.
FAILURES = (OSError, smtplib.SMTPException, AnymailError, ValueError, TypeError)


class RelayUnavailable(Exception):
    """The relay takes no mail at all now; nothing is wrong with the mail in hand.

    `refused` says that it answered with a no, so that somebody has to put something right;
    `over_a_mail` that it took the sender, and said so only about a recipient or a text.
    """

    def __init__(self, why: str, *, refused: bool, over_a_mail: bool = False) -> None:
        super().__init__(f"{REFUSES if refused else AWAY} ({why})")
        self.refused = refused
        self.over_a_mail = over_a_mail


@dataclass(frozen=True)
class Verdict:
    """What became of one try."""

    state: OutgoingMail.State
    error: str = ""
    slow_domain: bool = False
    # Whether it was the address that was refused, not our name or our words.
    blames_address: bool = False
    # Whether nobody needs to know any more where it was to go.
    forgets_address: bool = False


SENT = Verdict(OutgoingMail.State.SENT)
SUPPRESSED = Verdict(OutgoingMail.State.DROPPED, "the address takes no such mail")
TOO_SLOW = Verdict(OutgoingMail.State.DUE, "the relay took too long")
# Perhaps because its signature was erased: then no address may stay behind.
NOTHING_TO_SAY = Verdict(
    OutgoingMail.State.DROPPED, "nothing to say any more", forgets_address=True
)


class _At(Flag):
    """Where in the conversation an answer came."""

    GREETING = auto()  # or at the password
    SENDER = auto()
    RECIPIENT = auto()
    TEXT = auto()
    MAIL = RECIPIENT | TEXT


class _Means(Enum):
    NOT_NOW = auto()  # the relay takes no mail for now
    NOT_US = auto()  # the relay takes none from us: until tomorrow, or until somebody acts
    LATER = auto()  # this mail is to be tried again
    SLOWER = auto()  # and its domain is to be left in peace
    NO = auto()  # this mail is refused for good
    NO_ADDRESS = auto()  # and it is the address that is refused


# Quotas of our account: Gmail, Amazon SES, Exchange.
_QUOTA = (
    r"\b[45]\.4\.5\b|sending (limit|quota|rate)|(daily|hourly|message) quota|throttling failure"
    r"|sending (is |has been )?paused"
)
# Relays often say only at the recipient that it is us whom they do not know. SES: not verified.
_NOT_US = (
    r"\b5\.1\.[78]\b|\b5\.7\.(54|57|60)\b|not verified|unable to relay"
    r"|relay(ing)? (access )?(denied|not (permitted|allowed))"
    r"|authentication (is )?required|not authenticated"
    r"|(sender address|client host|helo command) rejected|sender verif"
)
_GREYLISTED = r"gr[ae]y-?list|\b4\.7\.1\b"

# The first row that fits decides: where, which codes, which words, what it means.
# Basic codes: RFC 5321, 4.2; enhanced codes: RFC 3463.
_TABLE: tuple[tuple[_At, range, str, _Means], ...] = (
    (_At.GREETING, range(400, 500), "", _Means.NOT_NOW),
    (_At.GREETING, range(500, 600), "", _Means.NOT_US),
    (_At.SENDER, range(552, 553), "", _Means.NO),  # smtplib tells the size there: it is too big
    (_At.SENDER, range(400, 500), "", _Means.NOT_NOW),
    (_At.SENDER, range(500, 600), "", _Means.NOT_US),
    (_At.MAIL, range(400, 500), _QUOTA, _Means.NOT_NOW),
    (_At.MAIL, range(500, 600), f"{_QUOTA}|{_NOT_US}", _Means.NOT_US),
    (_At.MAIL, range(530, 531), "", _Means.NOT_US),  # who are you?
    (_At.MAIL, range(421, 422), "", _Means.SLOWER),
    (_At.MAIL, range(400, 500), _GREYLISTED, _Means.LATER),
    (_At.MAIL, range(400, 500), r"\b4\.7\.", _Means.SLOWER),
    (_At.MAIL, range(400, 500), "", _Means.LATER),
    # Gmail refuses for good what is only a limit of now.
    (_At.MAIL, range(550, 555), r"\b5\.7\.28\b", _Means.SLOWER),
    (_At.MAIL, range(500, 600), r"\b5\.1\.", _Means.NO_ADDRESS),
    # A full mailbox, our words, our name, their policy, …
    (_At.MAIL, range(500, 600), r"\b5\.[2-7]\.", _Means.NO),
    (_At.RECIPIENT, range(550, 560), "", _Means.NO_ADDRESS),
    (_At.MAIL, range(500, 600), "", _Means.NO),
)
_STATES = {
    _Means.LATER: OutgoingMail.State.DUE,
    _Means.SLOWER: OutgoingMail.State.DUE,
    _Means.NO: OutgoingMail.State.BOUNCED,
    _Means.NO_ADDRESS: OutgoingMail.State.BOUNCED,
}
# No answer of a relay, and yet nothing that passes by itself.
_OURS = (ImproperlyConfigured, smtplib.SMTPNotSupportedError, ssl.SSLCertVerificationError)
# A wrong key, an unpaid bill, too many requests: an API says so to every mail.
_HTTP_TO_ALL = {401: _Means.NOT_US, 402: _Means.NOT_US, 429: _Means.NOT_NOW}


def judge(problem: Exception) -> Verdict:
    """Say what became of a mail; raises `RelayUnavailable` when the relay takes none at all."""
    meaning = _meaning(problem)
    if meaning not in _STATES:
        raise RelayUnavailable(
            _named(problem),
            refused=meaning == _Means.NOT_US,
            over_a_mail=_place(problem) in _At.MAIL,
        )
    return Verdict(
        _STATES[meaning],
        _named(problem),
        slow_domain=meaning == _Means.SLOWER,
        blames_address=meaning == _Means.NO_ADDRESS,
    )


def unavailable(problem: Exception) -> RelayUnavailable:
    """Say why no connection could be made."""
    is_ours = isinstance(problem, _OURS) or _meaning(problem) == _Means.NOT_US
    return RelayUnavailable(_named(problem), refused=is_ours)


def _named(problem: Exception) -> str:
    """Name a problem without the relay's words, which may repeat the address."""
    code = _answer(problem)[0] or _http_status(problem) or ""
    return f"{type(problem).__name__} {code}".strip()


def _meaning(problem: Exception) -> _Means:
    if isinstance(problem, AnymailAPIError):
        return _HTTP_TO_ALL.get(_http_status(problem)) or (
            _Means.NOT_NOW if _is_out_of_reach(problem) else _Means.LATER
        )
    place = _place(problem)
    code, said = _answer(problem)
    for places, codes, words, meaning in _TABLE:
        if place in places and code in codes and re.search(words, said, re.IGNORECASE):
            return meaning
    return _Means.LATER  # no answer at all, or one that no relay should give


def _place(problem: Exception) -> _At:
    if isinstance(problem, smtplib.SMTPSenderRefused):
        return _At.SENDER
    if isinstance(problem, smtplib.SMTPDataError):
        return _At.TEXT
    to_all = (smtplib.SMTPResponseException, AnymailAPIError)
    return _At.GREETING if isinstance(problem, to_all) else _At.RECIPIENT


def _answer(problem: Exception) -> tuple[int, str]:
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(problem.recipients.values()), (0, b""))
        return code, words.decode(errors="replace")
    if isinstance(problem, smtplib.SMTPResponseException):
        said = problem.smtp_error
        return problem.smtp_code, said if isinstance(said, str) else said.decode(errors="replace")
    # A provider's API gives no codes of SMTP; it refuses a recipient in its own words.
    if isinstance(problem, AnymailRecipientsRefused):
        return 550, ""
    if isinstance(problem, AnymailInvalidAddress):
        return 553, ""
    return 0, ""


def _http_status(problem: Exception) -> int:
    """Return what a provider's API answered, or 0; boto3 keeps it in a dictionary."""
    response = getattr(problem, "response", None)
    if isinstance(response, dict):
        return int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    return int(getattr(response, "status_code", 0))


def _is_out_of_reach(problem: AnymailAPIError) -> bool:
    cause = problem.__cause__
    return isinstance(cause, requests.ConnectionError) and isinstance(
        next(iter(cause.args), None), MaxRetryError
    )


def is_about_the_connection(problem: Exception) -> bool:
    """Say whether the connection broke, so that the next mail needs a new one."""
    if isinstance(problem, smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused):
        return _answer(problem)[0] == 421  # the server says it and hangs up
    if isinstance(problem, AnymailError):
        return isinstance(problem, OSError) and not _http_status(problem)
    return isinstance(problem, smtplib.SMTPServerDisconnected | OSError)
