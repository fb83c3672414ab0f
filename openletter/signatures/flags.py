"""What can make a signature suspect: said to moderators in words, and which of it holds it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

FLAGS: dict[str, _StrPromise] = {
    "burst": _("many forms from one network"),
    "listed": _("from a source that staff watch"),
    "no proof": _("without the proof of work that was asked for"),
    "removed before": _("a signature of this address was removed before"),
}
# A person looks at these first. The others are only told to whoever looks anyway.
HOLDING = ("listed", "removed before", "no proof", "burst")


def reason_to_hold(found: Iterable[str]) -> str:
    """Return the flag for which a signature is held, or an empty text."""
    return next((flag for flag in HOLDING if flag in found), "")
