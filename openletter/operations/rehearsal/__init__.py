"""Very many invented people on one letter, to see how a site does at that size.

The database makes the rows itself, in minutes: they leave numbers, ledger and outbox as if each
person had signed. All share one encrypted address, which belongs to nobody; each has a key of their
own, so no form and no limit takes them for one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, repeat
from typing import Any

from django.db import connection, transaction

from openletter.ledger.models import Tally
from openletter.letters import publishing, publishing_updates
from openletter.letters.models import Letter, Translation, Update
from openletter.lib import crypto
from openletter.lib.ids import uuid7
from openletter.mail.limits import throttles
from openletter.mail.models import Throttle
from openletter.mailings import recipients
from openletter.mailings.models import Mailing
from openletter.operations.rehearsal import statements
from openletter.signatures import consents
from openletter.signatures.models import Signature

ADDRESS = "nobody@rehearsal.example.org"
# Over which those came who have confirmed, and those who have not.
PERIOD, PERIOD_UNCONFIRMED = timedelta(days=60), timedelta(hours=20)
HELD_PERCENT, PENDING_PERCENT = 2, 20
# Of those who count two in so many are erased: 3 % of all.
_ERASED_EVERY = 52
_MAILS_OF_ONE = 2
_TITLE = "A letter to rehearse with"
_TABLES = "signatures_signature, ledger_ledgerentry, ledger_tally, mail_outgoingmail"
_S = Signature.State


class TooFewMails(Exception):
    """Everybody who signs is owed mails."""


class NobodyToWriteTo(Exception):
    """So many mails need more people who want updates."""


@dataclass(frozen=True)
class Share:
    """What becomes of a mailing: how much of it is left, and whether it is paused."""

    left: float
    state: Mailing.State


_DONE = Share(0.0, Mailing.State.DONE)
# Of the first two mailings; all others are done.
_UNFINISHED = (Share(0.5, Mailing.State.PAUSED), Share(0.05, Mailing.State.SENDING))


@transaction.atomic
def rehearse(slug: str, *, signatures: int, mails: int, now: datetime) -> Letter:
    """Make a letter and fill it with people in all states and their mails.

    Raises `TooFewMails` or `NobodyToWriteTo`, and then nothing is left.
    """
    if mails < _MAILS_OF_ONE * signatures:
        raise TooFewMails
    text = begin_letter(slug, now=now)
    letter = text.version.letter
    held, pending = (signatures * percent // 100 for percent in (HELD_PERCENT, PENDING_PERCENT))
    _add(text, _S.PUBLISHED, signatures - held - pending, now=now)
    _erase(letter, now=now)
    _add(text, _S.HELD, held, now=now)
    _add(text, _S.PENDING, pending, now=now)
    owed = _owe(letter, last=0)
    _send_news(letter, mails - owed, now=now)
    _run(statements.FAILED, {"topic": letter.topic})
    crowd_since = now - PERIOD_UNCONFIRMED / 10
    _run(statements.DUE, {"letter": letter.pk, "now": now, "crowd_since": crowd_since})
    return letter


@transaction.atomic
def fill(text: Translation, state: str, number: int, *, now: datetime) -> None:
    """Add so many people to a letter, published, held or pending, whose mails were sent."""
    last = Signature.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    _add(text, state, number, now=now)
    _owe(text.version.letter, last=last)


def settle() -> None:
    """Let the tables be as on a site that did not grow within minutes."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(f"VACUUM (ANALYZE) {_TABLES}")


def begin_letter(slug: str, *, now: datetime) -> Translation:
    """Make the letter, opened before the first person came."""
    opened_at = now - PERIOD - timedelta(days=1)
    letter = Letter.objects.create(slug=slug, sender_name="Nobody", reference_language="en")
    version = publishing.begin_version(letter_id=letter.pk)
    text = publishing.write_text(
        version=version,
        language="en",
        title=_TITLE,
        addressee="",
        markdown="Nobody wrote this letter, and *nobody* signed it: its people are invented.",
    )
    publishing.publish_version(version_id=version.pk, actor_id=None, now=opened_at)
    publishing.change_state(letter_id=letter.pk, to=Letter.State.OPEN, actor_id=None, now=opened_at)
    return Translation.objects.select_related("version__letter").get(pk=text.pk)


def _add(text: Translation, state: str, number: int, *, now: datetime) -> None:
    letter = text.version.letter
    period = PERIOD_UNCONFIRMED if state == _S.PENDING else PERIOD
    began = now - timedelta(minutes=1) - period
    Tally.objects.get_or_create(letter=letter)
    tally = Tally.objects.select_for_update().get(letter=letter)
    statement, values = statements.signatures(state)
    values |= {
        "letter": letter.pk,
        "text": text.pk,
        "language": text.language,
        "email": crypto.encrypt(ADDRESS),
        "consent": consents.CURRENT,
        "state": state,
        "series": str(uuid7()),
        "number": number,
        "began": began,
        "step": period / max(number, 1),
        "first": tally.next_index,
        "counted": tally.people + tally.organisations,
    }
    _run(statement, values)
    if state == _S.PUBLISHED:
        _run(statements.LEDGER, values)
        _run(statements.TALLY, values)


def _erase(letter: Letter, *, now: datetime) -> None:
    """Erase some of those who count; every other one is withdrawn as well."""
    tally = Tally.objects.select_for_update().get(letter=letter)
    values = {
        "letter": letter.pk,
        "now": now,
        "every": _ERASED_EVERY,
        "first": tally.next_index,
        "counted": tally.people + tally.organisations,
    }
    statement, nothing = statements.erase()
    _run(statement, values | nothing)
    _run(statements.WITHDRAWN, values)
    _run(statements.TALLY, values)


def _owe(letter: Letter, *, last: int) -> int:
    """Send the mails that signatures bring, to all whose ids come after one; return how many."""
    values = {"letter": letter.pk, "topic": letter.topic, "last": last, "series": str(uuid7())}
    return sum(_run(statement, values) for statement in statements.MAILS)


def _send_news(letter: Letter, number: int, *, now: datetime) -> None:
    """Send so many mails of mailings, as many as it takes."""
    shares = chain(_UNFINISHED, repeat(_DONE))
    while number > 0:
        sent = _send_update(letter, number, next(shares), now=now)
        if not sent:
            raise NobodyToWriteTo
        number -= sent


def _send_update(letter: Letter, most: int, share: Share, *, now: datetime) -> int:
    """Send an update to up to so many people; return to how many."""
    update = publishing_updates.begin(Update(letter=letter))
    publishing_updates.write(
        update=update, language="en", title="No news", markdown="Nothing has happened."
    )
    publishing_updates.publish(update_id=update.pk, actor_id=None, now=now)
    began = now - timedelta(days=update.number)
    mailing = Mailing.objects.create(
        update=update,
        state=share.state,
        starts_at=began,
        started_at=began,
        enqueued_at=began,
        finished_at=None if share.left else now,
    )
    batch = {"batch": mailing.public_id, "kind": recipients.KIND, "share": share.left}
    values = recipients.parameters(update, now=now) | batch | {"most": most, "series": ""}
    sent = _run(statements.NEWS, values | {"now": began})
    Mailing.objects.filter(pk=mailing.pk).update(recipients=sent)
    if share.left:
        _run(statements.NEWS_DUE, values | {"now": now})
    if share.state == Mailing.State.PAUSED:
        throttles.pause(throttles.batch_key(mailing.public_id), cause=Throttle.Cause.STAFF, now=now)
    return sent


def _run(statement: str, values: dict[str, Any]) -> int:
    """Run a statement; return how many rows it wrote."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")  # a million rows take longer
        cursor.execute(statement, values)
        return int(cursor.rowcount)
