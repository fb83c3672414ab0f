"""What the codes of the audit record say to people. What is stored stays a code."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from openletter.moderation import given_reasons
from openletter.moderation.models import AuditEntry

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# Every `action` that audit.record is given, by whichever package; a test compares.
ACTIONS: dict[str, _StrPromise] = {
    "publish version": _("published a version of the text"),
    "open letter": _("opened a letter"),
    "closed letter": _("closed a letter"),
    "archived letter": _("archived a letter"),
    "move letter": _("moved a letter to another team"),
    "change retention": _("changed how long a letter keeps personal data"),
    "publish update": _("published an update"),
    "test update": _("sent a test of an update"),
    "send mailing": _("began a mailing"),
    "schedule mailing": _("scheduled a mailing"),
    "pause mailing": _("paused a mailing"),
    "resume mailing": _("resumed a mailing"),
    "cancel mailing": _("cancelled a mailing"),
    "published signature": _("published a signature"),
    "held signature": _("held a signature for review"),
    "kept signature": _("looked at a signature and left it for later"),
    "removed signature": _("removed a signature"),
    "ask for sweep": _("wanted a large sweep, which takes a second moderator"),
    "begin sweep": _("began a sweep"),
    "agree to sweep": _("agreed to a large sweep, which began"),
    "refuse sweep": _("did not agree to a large sweep"),
    "stop sweep": _("stopped a sweep"),
    "go on with sweep": _("went on with a sweep"),
    "removed by sweep": _("removed it, with others, by a sweep"),
    "held by sweep": _("held it for review, with others, by a sweep"),
    "brought back by sweep": _("brought it back by undoing a sweep"),
    "undo sweep": _("had a sweep undone"),
    "appeal removal": _("objected to the removal of their signature"),
    "upheld removal": _("left a signature removed after its signatory had objected"),
    "reopened appeal": _("let an objection to a removal wait again"),
    "kept claimed name": _("kept a name that somebody said was false"),
    "reopened claim": _("let the question whether a name is false wait again"),
    "hide claimed names": _("had names hidden that somebody says are false"),
    "show claimed names": _(
        "had names stay that somebody says are false, until they were looked at"
    ),
    "object by program": _("passed on what another program objects to"),
    "erase signature": _("erased a signature"),
    "not me": _("said that somebody else had signed for them"),
    "correct signature": _("corrected their words"),
    "withdraw signature": _("withdrew their signature"),
    "show name": _("had their name shown"),
    "hide name": _("had their name hidden"),
    "keep name": _("let their name stay for good"),
    "let name go": _("had their name deleted with their other data"),
    "start updates": _("asked for updates"),
    "stop updates": _("asked for no more updates"),
    "sign version": _("signed a newer version of the text"),
    "list source": _("listed a source"),
    "change source": _("changed what is said about a source"),
    "forget source": _("took a source off the list"),
    "watch name": _("listed a name to watch"),
    "change watched name": _("changed a watched name"),
    "forget watched name": _("took a name off the list of watched names"),
    "set rule": _("set a rule"),
    "change rule": _("changed how a rule is set"),
    "forget rule": _("let a rule be as it usually is"),
    "let mails go on": _("released the mails of a letter"),
    "try mail again": _("had a mail tried again"),
    "resolve alarm": _("marked an alarm as resolved"),
    "send test mail": _("sent themselves a test mail"),
    "export person": _("handed over the data of a person"),
    "erase person": _("erased a person"),
    "invite to team": _("invited somebody to a team"),
    "withdraw invitation": _("withdrew an invitation to a team"),
    "join team": _("joined a team"),
    "change role": _("changed somebody’s role in a team"),
    "leave team": _("left a team"),
    "end membership": _("took somebody out of a team"),
    "add passkey": _("added a passkey"),
    "remove passkey": _("removed a passkey"),
    "remove second factor": _("removed a second factor"),
}
# Every `object_kind`.
OBJECTS: dict[str, _StrPromise] = {
    "letter": _("letter"),
    "update": _("update"),
    "mailing": _("mailing"),
    "signature": _("signature"),
    "sweep": _("sweep"),
    "source": _("trusted or watched source"),
    "watched name": _("watched name"),
    "rule": _("rule of moderation"),
    "throttle": _("mails that are held back"),
    "mail": _("mail"),
    "alarm": _("alarm"),
    "person": _("person"),
    "account": _("account"),
    "team": _("team"),
}
# What stands before and after: the names of facts, and the codes that they can be.
_FACTS: dict[str, _StrPromise] = {
    "state": _("state"),
    "rule": _("rule"),
    "letter": _("letter"),
    "mode": _("what it does"),
    "version": _("version"),
    "number": _("number"),
    "recipients": _("recipients"),
    "starts_at": _("starts"),
    "languages": _("languages"),
    "counts": _("counts"),
    "kind": _("kind"),
    "verdict": _("verdict"),
    "paused": _("paused"),
    "per_minute": _("mails a minute"),
    "cause": _("because"),
    "alarms_resolved": _("alarms resolved"),
    "key": _("about"),
    "fields": _("fields"),
    "first_position": _("place among the first signatories"),
    "language": _("language"),
    "team": _("team"),
    "account": _("account"),
    "role": _("role"),
    "retention_months": _("months until personal data is deleted"),
}
# Codes that are no choice of a model, or whose label there is too long or one of two.
_CODES: dict[str, _StrPromise] = {
    "draft": _("draft"),
    "network": _("network"),
    "domain": _("domain"),
    "address": _("address"),
    "trust": _("trust"),
    "hold": _("hold"),
    "hint": _("hint"),
    "off": _("off"),
    "name": _("name"),
    "title": _("title"),
    "affiliation": _("affiliation"),
    "country": _("country"),
    "comment": _("comment"),
    "True": _("yes"),
    "False": _("no"),
    "None": _("nothing"),
}

# Their choices are no codes of ours.
_NO_CODES = {"language", "reference_language", "country"}


def actor_of(entry: AuditEntry) -> str:
    """Return who acted: a member of staff, or nobody who has an account."""
    return str(entry.actor or _("the site itself, or the signatory"))


def action_of(entry: AuditEntry) -> str:
    return str(ACTIONS.get(entry.action, entry.action))


def reason_of(entry: AuditEntry) -> str:
    """Return why; what the site itself gave as a reason in the reader's language."""
    if entry.actor_id is not None or not entry.reason:
        return given_reasons.in_words(entry.reason)
    return gettext(entry.reason)


def of_facts(facts: Mapping[str, Any]) -> str:
    """Return what was recorded before or after an act, in the reader's words."""
    return ", ".join(f"{_FACTS.get(name, name)}: {_said(value)}" for name, value in facts.items())


def _said(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_said(one) for one in value)
    code = str(value)
    return str(_CODES.get(code) or choices().get(code) or code)


@lru_cache(maxsize=1)
def choices() -> dict[str, _StrPromise]:
    """Return the label of every code that a column of ours can hold, whichever package it is of."""
    return {
        str(code): label
        for model in apps.get_models()
        if model.__module__.startswith("openletter.")
        for field in model._meta.fields
        if field.choices and field.name not in _NO_CODES
        for code, label in field.flatchoices
    }
