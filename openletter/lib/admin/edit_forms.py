"""Forms that know what they were opened on: they write what was changed and nothing else (T60).

Whoever edits something sees it as it was when the page was opened. The form brings that along, a
short hash for each field. What somebody else changed meanwhile and nobody changed here is kept;
what both changed is refused with a sentence, and what was typed stays in the form.

A form about a new row with a `public_id` brings that along instead: sent twice, it makes one row.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from copy import copy
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from uuid import UUID

from django import forms
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from openletter.lib.people import characters

M = TypeVar("M", bound=Model)

OPENED_ON = "opened_on"
_MADE_AS = "public_id"
_LONG = 150

if TYPE_CHECKING:

    class _ModelForm(forms.ModelForm[M]):
        pass
else:

    class _ModelForm(forms.ModelForm):
        def __class_getitem__(cls, _model: object) -> type:
            return cls


class _OpenedOn(forms.CharField):
    """Never what somebody changed, whatever is in it."""

    widget = forms.HiddenInput

    def has_changed(self, initial: object, data: object) -> bool:
        return False


class EditForm(_ModelForm[M]):
    """A form about a row; its admin inherits `ModelAdmin`, or `StackedInline` of `pages.py`."""

    # Fields of the row that are not typed here, but without which what is typed makes no sense.
    watched: ClassVar[tuple[str, ...]] = ()
    # Fields that `save` of the form sets by itself when any other changes.
    derived: ClassVar[tuple[str, ...]] = ()

    # Whether a form about a new row says which one it will be, and so makes it once only.
    makes_once: ClassVar[bool] = False

    opened_on = _OpenedOn(required=False, label="")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._is_new = self.instance._state.adding
        self._marks = {} if self._is_new else self._marks_now()
        self.initial[OPENED_ON] = json.dumps(self._marks)
        if self._is_new and self.makes_once:
            row: Any = self.instance
            row.public_id = said_id(self.data.get(self.add_prefix(OPENED_ON))) or row.public_id
            self.initial[OPENED_ON] = json.dumps({_MADE_AS: str(row.public_id)})

    def save(self, commit: bool = True) -> M:
        """Write what was changed, and what follows from it; no other column."""
        if not commit or self._is_new or self.errors:
            return super().save(commit)
        row = super().save(commit=False)
        save_changes(self)
        self.save_m2m()
        return row

    def _marks_now(self) -> dict[str, str]:
        marks = {name: mark(getattr(self.instance, name)) for name in self.watched}
        for name in self._edited():
            marks[name] = mark(self.initial.get(name))
        return marks

    def _edited(self) -> list[str]:
        """The model's own fields that can be typed here."""
        fields = {
            f.name for f in (*self._meta.model._meta.fields, *self._meta.model._meta.many_to_many)
        }
        return [n for n, field in self.fields.items() if n in fields and not field.disabled]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        self._tidy_lines()
        if not self._is_new:
            self._compare(_read(self.data.get(self.add_prefix(OPENED_ON), "")))
            self.changed_data = [name for name in self.changed_data if self._is_changed(name)]
        return cleaned

    def _tidy_lines(self) -> None:
        """Take out of every line what nobody sees: it goes on to subjects, lists and logs."""
        for name, field in self.fields.items():
            typed = self.cleaned_data.get(name)
            if isinstance(field.widget, forms.TextInput) and isinstance(typed, str):
                self.cleaned_data[name] = line = characters.visible(typed).strip()
                if field.required and not line:
                    self.add_error(name, field.error_messages["required"])

    def _is_changed(self, name: str) -> bool:
        """Say whether a value is another one: spaces and line ends do not make it so."""
        if name not in self._marks or name not in self.cleaned_data:
            return True
        return mark(self.cleaned_data[name]) != self._marks[name]

    def _compare(self, opened: dict[str, str]) -> None:
        """Keep what only others changed, and tell what they and this form changed both.

        A form that does not say what it was opened on was opened on something else.
        """
        told = []
        for name, now in self._marks.items():
            before = opened.get(name, "")
            if before == now:
                continue
            here = mark(self.cleaned_data[name]) if name in self.cleaned_data else None
            if name in self.watched or here not in {before, now}:
                told.append(name)
            elif here == before:
                self.cleaned_data[name] = self._stored(name)
        for name in sorted(told):
            self.add_error(None if name in self.watched else name, self._changed_meanwhile(name))
        if told:
            # Who has been told may save what they have: from now on they know.
            data: Any = copy(self.data)
            fresh = {name: self._marks[name] for name in told}
            data[self.add_prefix(OPENED_ON)] = json.dumps({**opened, **fresh})
            self.data = data

    def _stored(self, name: str) -> object:
        is_many = name in {field.name for field in self._meta.model._meta.many_to_many}
        return self.initial.get(name) if is_many else getattr(self.instance, name)

    def _changed_meanwhile(self, name: str) -> forms.ValidationError:
        now = in_words(self.instance, name)
        if name in self.watched:
            field = self._meta.model._meta.get_field(name)
            text = _(
                "Somebody has changed this in the meantime (%(field)s: %(now)s), so nothing was"
                " saved. What you typed is still here: please check it, then save again."
            ) % {"field": getattr(field, "verbose_name", name), "now": now or "–"}
            return forms.ValidationError(text, code="changed_meanwhile")
        text = _(
            "Somebody else has changed this in the meantime. To keep what you typed, save again;"
            " to keep theirs, copy it from here:"
        )
        shown = format_html("<q>{}</q>", now) if len(now) < _LONG else _folded(now)
        return forms.ValidationError(format_html("{} {}", text, shown), code="changed_meanwhile")


def save_changes(form: forms.ModelForm[Any]) -> None:
    """Write the columns of what was changed in a valid form about a stored row."""
    changed = set(form.changed_data)
    if changed:
        changed |= set(getattr(form, "derived", ()))
    columns = form.instance._meta.concrete_fields
    form.instance.save(update_fields=[field.name for field in columns if field.name in changed])


def mark(value: object) -> str:
    """Return a short hash by which a value is recognised: typed, read and stored alike."""
    return hashlib.sha256(_plain(value).encode()).hexdigest()[:16]


def _plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(microsecond=0).isoformat()
    if isinstance(value, Model):
        return str(value.pk)
    if isinstance(value, str):
        return "\n".join(value.splitlines()).strip()
    if isinstance(value, (QuerySet, list, tuple, set)):
        return ",".join(sorted(_plain(one) for one in value))
    return str(value)


def in_words(row: Model, name: str) -> str:
    """Return what a field of a row says, for people."""
    try:
        field = row._meta.get_field(name)
    except FieldDoesNotExist:
        return ""
    if field.many_to_many:
        return ", ".join(str(one) for one in getattr(row, name).all())
    value = getattr(row, f"get_{name}_display")() if getattr(field, "choices", None) else None
    value = getattr(row, name) if value is None else value
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    return "" if value is None else str(value)


def _folded(text: str) -> SafeString:
    return format_html(
        '<details><summary>{}</summary><pre class="meanwhile">{}</pre></details>',
        _("Show theirs"),
        text,
    )


def _read(text: object) -> dict[str, str]:
    """Return what a form says it was opened on; nothing when that cannot be read."""
    try:
        said = json.loads(str(text))
    except (ValueError, RecursionError):
        return {}
    return {str(k): str(v) for k, v in said.items()} if isinstance(said, dict) else {}


def said_id(text: object) -> UUID | None:
    """Return which row a form says that it makes, if it says so."""
    try:
        said = UUID(_read(text).get(_MADE_AS, ""))
    except ValueError:
        return None
    return said if said.version == 7 else None


def with_opened_on(form: type[forms.ModelForm[Any]]) -> type[EditForm[Any]]:
    """Return a form class that is an `EditForm` too."""
    if issubclass(form, EditForm):
        return form
    metaclass: Any = type(form)
    made: type[EditForm[Any]] = metaclass(form.__name__, (EditForm, form), {})
    return made


def and_opened_on(fieldsets: Iterable[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Return fieldsets of the admin with the hidden field, in a row that nobody sees."""
    (name, options), *others = fieldsets
    fields = [*options["fields"], OPENED_ON]
    return [(name, {**options, "fields": fields}), *others]
