"""What a moderator sends about a card."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from openletter.moderation import given_reasons
from openletter.moderation.forms import LEAST_REASON_LENGTH, MOST_REASON_LENGTH
from openletter.moderation.rules import notable_names
from openletter.signatures.models import Signature

KEEP = "kept"
PUBLISH, REMOVE = Signature.State.PUBLISHED.value, Signature.State.REMOVED.value
_GIVEN = {PUBLISH: given_reasons.TO_PUBLISH, REMOVE: given_reasons.TO_REMOVE, KEEP: {}}


class CardForm(forms.Form):
    """One decision, about the words that were shown. Only a removal has to say why.

    Its fields are written by hand: templates/admin/signatures/card.html.
    """

    signature = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    revision = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    act = forms.ChoiceField(choices=[(act, act) for act in _GIVEN])
    given = forms.CharField(required=False)
    # Of a watched name: how somebody asked whether it is them.
    checked = forms.CharField(
        required=False, min_length=LEAST_REASON_LENGTH, max_length=MOST_REASON_LENGTH
    )
    tells = forms.BooleanField(required=False)
    reason = forms.CharField(
        required=False, min_length=LEAST_REASON_LENGTH, max_length=MOST_REASON_LENGTH
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        act, typed, given = (cleaned.get(name) or "" for name in ("act", "reason", "given"))
        if self.errors:
            return cleaned
        if act == PUBLISH:
            typed = cleaned["checked"] or typed
            self._ask_how_it_was_checked(cleaned["signature"], typed)
        # What stands beside the button that was pressed; one of another button says nothing.
        code = given if given in _GIVEN[act] else ""
        if act == PUBLISH and not typed:
            code = code or given_reasons.LOOKED_AT
        if act == REMOVE and not (typed or code):
            self.add_error(None, _("Please say why it is removed: choose a reason or write one."))
        cleaned["why"] = typed or code
        return cleaned

    def _ask_how_it_was_checked(self, key: int, typed: str) -> None:
        """Publish by a watched name only what somebody asked about, and says how."""
        watched = Signature.objects.filter(pk=key, held_because=notable_names.REASON)
        if not typed and watched.exists():
            self.add_error(
                None, _("Please say how it was checked: whom you asked, and by what way.")
            )
