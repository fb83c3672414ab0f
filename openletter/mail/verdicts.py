"""What an answer of the relay means for a mail: one table for all of it."""

from __future__ import annotations

import random
import smtplib
from dataclasses import dataclass
from datetime import timedelta

import requests
from anymail.exceptions import (
    AnymailAPIError,
    AnymailError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
)
from urllib3.exceptions import MaxRetryError

from openletter.mail.models import OutgoingMail

# After the first, second, … failed try; the eighth parks the mail.
RETRY_MINUTES = (1, 2, 5, 15, 60, 240, 240)
MOST_TRIES = len(RETRY_MINUTES) + 1
_SPREAD = 0.2  # retries of one outage must not come back all at once


# What may come instead of a yes, over SMTP or from a provider's API: the network, the relay's no,
# or (ValueError, TypeError) a message that cannot be written at all.
FAILURES = (OSError, smtplib.SMTPException, AnymailError, ValueError, TypeError)


class RelayUnavailable(Exception):
    """The relay cannot be reached now; nothing is wrong with the mail in hand."""


@dataclass(frozen=True)
class Verdict:
    """What became of one try."""

    state: OutgoingMail.State
    error: str = ""
    slow_domain: bool = False
    # Whether it was the address that was refused, not our name or our words.
    blames_address: bool = False


SENT = Verdict(OutgoingMail.State.SENT)
SUPPRESSED = Verdict(OutgoingMail.State.DROPPED, "the address takes no such mail")
NOTHING_TO_SAY = Verdict(OutgoingMail.State.DROPPED, "nothing to say any more")

# The first row that fits decides:
# (codes, text in the answer, state, slow down the domain, is it the address that is refused).
# Basic codes: RFC 5321, 4.2; enhanced codes: RFC 3463.
_TABLE: tuple[tuple[range, str, OutgoingMail.State, bool, bool], ...] = (
    (range(421, 422), "", OutgoingMail.State.DUE, True, False),
    (range(400, 500), "4.7.", OutgoingMail.State.DUE, True, False),
    (range(400, 500), "", OutgoingMail.State.DUE, False, False),
    # Some relays refuse for good what is only a limit of today.
    (range(550, 555), "5.7.28", OutgoingMail.State.DUE, True, False),
    (range(500, 600), "5.2.2", OutgoingMail.State.BOUNCED, False, False),  # the mailbox is full
    (range(500, 600), "5.6.", OutgoingMail.State.BOUNCED, False, False),  # our words
    (range(500, 600), "5.7.", OutgoingMail.State.BOUNCED, False, False),  # our name, their policy
    (range(500, 600), "", OutgoingMail.State.BOUNCED, False, True),
)
# Only these are about the mail in hand. A refused greeting, password or sender is about us: the
# mail waits until somebody has put that right.
_ABOUT_THE_MAIL = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPDataError,
    AnymailRecipientsRefused,
    AnymailInvalidAddress,
)
# A wrong key, an unpaid bill, too many requests: an API says so to every mail.
_HTTP_TO_ALL = {401, 402, 429}


def judge(problem: Exception) -> Verdict:
    """Tell a refusal for good (5xx) from one that may pass (4xx, or no code at all)."""
    code, answer = _answer(problem)
    # The relay's words may repeat the address; the code says enough.
    error = f"{type(problem).__name__} {code or _http_status(problem) or ''}".strip()
    if code >= 500 and not isinstance(problem, _ABOUT_THE_MAIL):
        return Verdict(OutgoingMail.State.DUE, error)
    for codes, text, state, slow_domain, blames_address in _TABLE:
        if code in codes and text in answer:
            return Verdict(state, error, slow_domain, blames_address)
    return Verdict(OutgoingMail.State.DUE, error)


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


def is_about_the_connection(problem: Exception) -> bool:
    """Say whether the connection broke, so that the next mail needs a new one."""
    if isinstance(problem, smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused):
        return _answer(problem)[0] == 421  # the server says it and hangs up
    if isinstance(problem, AnymailError):
        return isinstance(problem, OSError) and not _http_status(problem)
    return isinstance(problem, smtplib.SMTPServerDisconnected | OSError)


def is_about_the_relay(problem: Exception) -> bool:
    """Say whether a provider's API takes no mail at all now; nothing is wrong with the one in hand.

    Over SMTP this shows when the connection is made.
    """
    if not isinstance(problem, AnymailAPIError):
        return False
    cause = problem.__cause__
    unreachable = isinstance(cause, requests.ConnectionError) and isinstance(
        next(iter(cause.args), None), MaxRetryError
    )
    return unreachable or _http_status(problem) in _HTTP_TO_ALL


def wait_after(tries: int) -> timedelta | None:
    """Return how long a mail waits after so many failed tries; None parks it."""
    if tries >= MOST_TRIES:
        return None
    spread = random.uniform(1 - _SPREAD, 1 + _SPREAD)  # noqa: S311 - no secret
    return timedelta(minutes=RETRY_MINUTES[tries - 1] * spread)
