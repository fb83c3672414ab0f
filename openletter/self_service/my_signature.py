"""What "my signature" shows: everything the site knows, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from openletter.ledger.models import LedgerEntry
from openletter.letters.diff import differences
from openletter.letters.diff.differences import Changes
from openletter.letters.queries import letters
from openletter.letters.queries.letters import LetterView
from openletter.lib.people.addresses import readable
from openletter.lib.personal import Person
from openletter.mail.models import OutgoingMail, SuppressedAddress
from openletter.mail.outbox import suppression
from openletter.mail.outbox.kinds import kind_named
from openletter.mail.personal import mails_to
from openletter.moderation import audit
from openletter.self_service import changes
from openletter.signatures import consents, judgement, withdrawing
from openletter.signatures.consents import Given
from openletter.signatures.models import COUNTED, Signature

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_S = Signature.State
_MOST_MAILS = 50
# Dropped when their turn comes, once the signature is confirmed.
_ASK_TO_CONFIRM = ("signatures.confirm", "signatures.reminder", "signatures.one_more_click")

# What the record of decisions says about a signature, to its owner.
ACTS: dict[str, _StrPromise] = {
    "correct signature": _("You corrected your signature."),
    "hide name": _("You hid the name."),
    "show name": _("You chose to show the name."),
    "keep name": _("You agreed that the name may stay for good."),
    "let name go": _("You no longer want the name to stay for good."),
    "start updates": _("You asked for news about the letter."),
    "stop updates": _("You unsubscribed from news about the letter."),
    "sign version": _("You signed a newer version of the text."),
    "withdraw signature": _("You withdrew your signature."),
    "not me": _("You told us that somebody else had signed with your address."),
    "published signature": _("A moderator published your signature."),
    "held signature": _("A moderator is reviewing your signature again."),
    "removed signature": _("A moderator removed your signature."),
    "appeal removal": _("You objected to the removal."),
    "upheld removal": _("Another moderator left your signature removed."),
}
MAIL_STATES: dict[str, _StrPromise] = {
    OutgoingMail.State.DUE: _("waiting to be sent"),
    OutgoingMail.State.SENT: _("sent"),
    OutgoingMail.State.BOUNCED: _("refused by your mail server"),
    OutgoingMail.State.COMPLAINED: _("marked as spam"),
    OutgoingMail.State.PARKED: _("could not be delivered"),
    OutgoingMail.State.DROPPED: _("not sent, because it was no longer needed"),
}
_R = SuppressedAddress.Reason
# Why this site sends its owner no mail; the first that holds is said.
NO_MAIL: dict[str, _StrPromise] = {
    _R.NOT_ME: _(
        "You told us that somebody else had signed with your address. So we send you no e-mails"
        " about this letter."
    ),
    _R.STOP: _(
        "You have stopped all e-mails from this site. So we send you none, not even news about"
        " this letter."
    ),
    _R.COMPLAINT: _(
        "An e-mail from this site was marked as spam in your mailbox. So we no longer write to"
        " your address."
    ),
    _R.BOUNCE: _(
        "Your mail server told us that your address takes no e-mails. So we no longer write to it."
    ),
}


@dataclass(frozen=True)
class Event:
    """Something that happened to a signature."""

    at: datetime
    what: str


@dataclass(frozen=True)
class Mail:
    """A mail about a signature, without its words, which are kept nowhere."""

    at: datetime
    what: str
    state: str


@dataclass(frozen=True)
class Newest:
    """What a letter says now, and what differs from the text that was signed."""

    letter: LetterView
    changes: Changes | None  # None when the two texts have no language in common

    @property
    def reason(self) -> str:
        return self.letter.translation.version.reason


@dataclass(frozen=True)
class Mine:
    """One signature as its owner sees it."""

    signature: Signature
    letter: LetterView

    @property
    def counts(self) -> bool:
        return self.signature.state == _S.PUBLISHED

    @property
    def is_standing(self) -> bool:
        """Whether it stands under the letter, or will once it is confirmed or reviewed."""
        return self.signature.state in changes.STANDING

    @cached_property
    def no_mail(self) -> _StrPromise | None:
        """Why its owner gets no mail about the letter, if so."""
        found = self._reasons_for_no_mail
        return next((said for reason, said in NO_MAIL.items() if reason in found), None)

    @property
    def can_get_mail_again(self) -> bool:
        """Whether it was the owner who stopped all mail: only that can be taken back here."""
        return _R.STOP in self._reasons_for_no_mail

    @cached_property
    def _reasons_for_no_mail(self) -> set[str]:
        key = bytes(self.signature.email_key)
        return suppression.reasons(key, self.signature.letter.topic)

    @property
    def can_be_withdrawn(self) -> bool:
        return self.signature.state in withdrawing.CAN_WITHDRAW

    @property
    def can_be_confirmed(self) -> bool:
        try:
            judgement.check_confirmable(self.signature, self.letter.now)
        except judgement.Refused:
            return False
        return True

    @property
    def is_reviewed(self) -> bool:
        return self.signature.letter.is_reviewed

    @property
    def can_sign_newest(self) -> bool:
        return self.signature.state in COUNTED and self.letter.is_open

    @cached_property
    def newest(self) -> Newest | None:
        """The newest text, when a counted signature belongs to an older one."""
        signed = self.letter.translation
        if self.signature.state not in COUNTED or self.signature.erased_at is not None:
            return None
        text = letters.newest_text(signed)
        if text.version_id == signed.version_id:
            return None
        return Newest(LetterView(text, self.letter.now), differences.between(signed, text))

    @property
    def number(self) -> int | None:
        """The number it was given when it first counted."""
        entries = LedgerEntry.objects.filter(signature=self.signature, kind=LedgerEntry.Kind.SIGNED)
        return entries.values_list("count", flat=True).first()

    @property
    def email(self) -> str:
        return readable(self.signature.email)

    @property
    def consents(self) -> list[Given]:
        """In the language in which they were given."""
        with translation.override(self.signature.language or None):
            return consents.given_by(self.signature)

    @property
    def events(self) -> list[Event]:
        """Everything that happened, the oldest first."""
        signature = self.signature
        events = [Event(signature.created_at, str(_("You sent the form.")))]
        if signature.confirmed_at:
            events.append(Event(signature.confirmed_at, str(_("You confirmed your signature."))))
        entries = audit.entries_about("signature", signature.public_id)
        events += [
            Event(at, str(ACTS[action]))
            for at, action in entries.values_list("at", "action")
            if action in ACTS
        ]
        return sorted(events, key=lambda event: event.at)

    @property
    def mails(self) -> list[Mail]:
        person = Person(bytes(self.signature.email_key), self.signature.letter.topic)
        mails = mails_to(person)
        if self.signature.state in COUNTED:  # else it would seem that there is still a thing to do
            mails = mails.exclude(kind__in=_ASK_TO_CONFIRM, state=OutgoingMail.State.DUE)
        rows = mails.values_list("first_due_at", "sent_at", "kind", "state")
        return [
            Mail(sent or due, str(kind_named(kind).LABEL), str(MAIL_STATES[state]))
            for due, sent, kind, state in rows.reverse()[:_MOST_MAILS]
        ]
