"""A sweep as people read it: what it looks for, how far it is, why something was left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from openletter.moderation import given_reasons
from openletter.signatures import countries, held_reasons
from openletter.signatures.abuse import flags
from openletter.signatures.models import Signature
from openletter.sweeps.models import Sweep, Swept

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# Why a signature was left as it was: the codes that are stored.
_LEFT: dict[str, _StrPromise] = {
    "erased": _("The data of its signatory was erased."),
    "state": _("It was withdrawn, or somebody decided about it."),
    "words": _("Its words were changed."),
    "already": _("It was held already."),
    "decided": _("Somebody decided about it since."),
    "address": _("Another signature from the same address counts by now."),
}


def question(sweep: Sweep) -> list[tuple[str, str]]:
    """Return what a sweep looks for: a label and a value each."""
    named: list[tuple[Any, Any]] = [
        (_("E-mail domain"), sweep.domain),
        (_("Network"), bytes(sweep.network_key).hex()[:12]),
        (_("Name, title or affiliation"), sweep.name),
        (_("Version"), sweep.version.number if sweep.version else ""),
        (_("Language of the text"), sweep.language),
        (_("Signed from"), _moment(sweep.signed_from)),
        (_("Signed before"), _moment(sweep.signed_to)),
        (_("Suspicion"), flags.in_words([sweep.flag] if sweep.flag else [])),
        (_("Held because"), held_reasons.in_words(sweep.because)),
        (_("Country"), countries.name_of(sweep.country)),
        (_("State"), _state(sweep.signed_in_state)),
    ]
    return [(str(label), str(value)) for label, value in named if value]


def what_happens(sweep: Sweep) -> str:
    return str(Sweep.To(sweep.to).label) if sweep.to else ""


def reason(sweep: Sweep) -> str:
    return given_reasons.in_words(sweep.reason)


def left(one: Swept) -> str:
    """Return why a signature was left as it was."""
    return str(_LEFT.get(one.why, one.why))


def progress(sweep: Sweep) -> dict[str, int]:
    """Return how far a sweep is, of how much, and the numbers that its page shows."""
    if sweep.state == Sweep.State.LOOKING:
        gone, of = min(sweep.cursor, sweep.newest), sweep.newest
    elif sweep.state in {Sweep.State.UNDOING, Sweep.State.UNDONE}:
        gone, of = sweep.undone + sweep.kept, sweep.done
    else:
        gone, of = sweep.done + sweep.left, sweep.size
    return {
        "gone": gone,
        "of": max(of, 1),
        "found": sweep.size,
        "done": sweep.done,
        "left": sweep.left,
        "undone": sweep.undone,
        "kept": sweep.kept,
    }


def _moment(at: Any) -> str:
    return date_format(localtime(at), "SHORT_DATETIME_FORMAT") if at else ""


def _state(state: str) -> str:
    return str(Signature.State(state).label) if state else ""
