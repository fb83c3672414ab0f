"""What signers type about their own signature."""

from __future__ import annotations

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from openletter.self_service.changes import Correction
from openletter.signatures.forms import AboutSigner, read_revision
from openletter.signatures.models import Signature


class CorrectForm(AboutSigner):
    """What a signatory says about themselves, to put right."""

    # Which words it was opened to; a form of an older release does not say.
    revision = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, typed: QueryDict | None = None, *, signature: Signature) -> None:
        now = {field: str(getattr(signature, field)) for field in self.base_fields}
        super().__init__(typed.dict() if typed is not None else None, initial=now)
        self.ask(
            signature.letter,
            is_organisation=signature.is_organisation,
            but={field for field, value in now.items() if value},
        )

    def correction(self) -> Correction:
        # A field that is not asked for stays what it is: empty.
        words = [field for field in self.base_fields if field != "revision"]
        return Correction(**{field: self.cleaned_data.get(field, "") for field in words})

    @property
    def seen_revision(self) -> int | None:
        return read_revision(self.cleaned_data["revision"] or None)

    def show_again(self, revision: int) -> None:
        """Let it be sent once more, now that its owner is told that something changed."""
        self.data = {**self.data, "revision": str(revision)}
        self.add_error(
            None,
            _(
                "Your signature has been changed since you opened this form, perhaps in another"
                " window. Please check every field and save again."
            ),
        )
