"""Rows within a page: what must not be there twice is compared with what others have added."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Model, UniqueConstraint
from django.forms.formsets import DELETION_FIELD_NAME
from django.utils.translation import gettext as _

from openletter.lib.admin.edit_forms import in_words

if TYPE_CHECKING:
    _FormSet = forms.BaseInlineFormSet[Any, Any, Any]
else:
    _FormSet = forms.BaseInlineFormSet


class EditFormSet(_FormSet):
    """Forms about the rows of one owner.

    Django compares them with each other; of the database it asks about no constraint that has the
    owner in it. Rows that somebody has added since the page was opened are on no form.
    """

    def clean(self) -> None:
        super().clean()
        kept = [form for form in self.forms if not _goes(form)]
        going = [form.instance.pk for form in self.forms if _goes(form)]
        for form in kept:
            if form.has_changed() and form.is_valid():
                for name in self._taken(form, going):
                    form.add_error(name, _is_there(form, name))

    def _taken(self, form: Any, going: list[Any]) -> list[str]:
        """Name the fields in which a form says what another row of the owner says."""
        if self.instance.pk is None:
            return []
        rows = type(form.instance)._base_manager.filter(**{self.fk.name: self.instance.pk})
        others = rows.exclude(pk=form.instance.pk).exclude(pk__in=[pk for pk in going if pk])
        found = []
        for names in _unique_among_rows(form.instance, self.fk.name):
            said = {name: form.cleaned_data[name] for name in names if name in form.cleaned_data}
            if len(said) == len(names) and others.filter(**said).exists():
                found.append(names[-1])
        return found


def _unique_among_rows(row: Model, owner: str) -> list[list[str]]:
    """Return the fields that no two rows of an owner may have alike."""
    return [
        [name for name in constraint.fields if name != owner]
        for constraint in row._meta.constraints
        if isinstance(constraint, UniqueConstraint)
        and constraint.condition is None
        and owner in constraint.fields
        and len(constraint.fields) > 1
    ]


def _goes(form: Any) -> bool:
    return bool(form.cleaned_data.get(DELETION_FIELD_NAME))


def _is_there(form: Any, name: str) -> forms.ValidationError:
    text = _(
        "“%(value)s” is there already: perhaps somebody has added it in the meantime. What you"
        " typed is still here. Copy it, then open this page again."
    ) % {"value": in_words(form.instance, name)}
    return forms.ValidationError(text, code="changed_meanwhile")
