"""Pieces that every package's admin pages share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminSplitDateTime
from django.db import connection
from django.db.models import DateTimeField, Model
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from openletter.lib.admin.change_lists import CarefulList
from openletter.lib.admin.compare_again import ComparesAgain
from openletter.lib.admin.edit_forms import EditForm, and_opened_on, save_changes, with_opened_on
from openletter.lib.admin.inline_rows import EditFormSet
from openletter.lib.admin.made_once import MakesOnce
from openletter.lib.admin.permissions import AsksDesk

M = TypeVar("M", bound=Model)
N = TypeVar("N", bound=Model)

# The name of the buttons that save a form and then lead to something that can be done with it.
ACT = "_act"

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Any]
    _Inline = admin.StackedInline[Any, Any]
else:
    _Base = _Inline = object


class _Opened(_Base):
    """Forms that know what they were opened on (lib/admin/edit_forms.py)."""

    watched: ClassVar[tuple[str, ...]] = ()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or not self.has_change_permission(request, obj):
            return fieldsets
        return and_opened_on(fieldsets)


class _TimesInZone(_Base):
    """Forms that say beside every time in which zone it is, and which of its fields is which."""

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(db_field, DateTimeField):
            zone = _("Time zone: %(zone)s.") % {"zone": timezone.get_current_timezone_name()}
            field.help_text = f"{field.help_text} {zone}".strip()
            if isinstance(field.widget, AdminSplitDateTime):
                # The words that Django writes beside them are no labels.
                for widget, name in zip(field.widget.widgets, (_("Date"), _("Time")), strict=True):
                    widget.attrs["aria-label"] = name
        return field


class Careful(ComparesAgain, MakesOnce, CarefulList, _Opened, _TimesInZone, AsksDesk):
    """What every admin of the site does, whoever wrote it; `StaffSite.register` sees to that."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.form = with_opened_on(self.form)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kw: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kw)
        if issubclass(form, EditForm):
            form.watched = self.watched
            form.makes_once = not change and self.makes_once()
        return form

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        """Let nobody else change what is about to be saved, until the transaction ends."""
        from_field = from_field or None  # Django takes an empty one for the name of a field
        found = super().get_object(request, object_id, from_field)
        if found is None or request.method != "POST" or not connection.in_atomic_block:
            return found
        rows = self.model._base_manager.select_for_update(of=("self",), no_key=True)
        list(rows.filter(pk=found.pk).values_list("pk"))
        return super().get_object(request, object_id, from_field)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Write the columns that were changed, and no other: the rest may be others' work (T60)."""
        if change:
            save_changes(form)
        else:
            super().save_model(request, obj, form, change)

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        """Note on the request whether anything was changed: it is all that Django hands on.

        Read by `message_user` and `_after_saving` below, and by nobody else.
        """
        message = super().construct_change_message(request, form, formsets, add)
        request.nothing_changed = not message  # type: ignore[attr-defined]
        return message

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return super().log_change(request, obj, message) if message else None

    def message_user(
        self, request: HttpRequest, message: Any, level: Any = messages.INFO, *args: Any, **kw: Any
    ) -> None:
        if level == messages.SUCCESS and getattr(request, "nothing_changed", False):
            level, message = messages.INFO, _("Nothing had changed, so there was nothing to save.")
        super().message_user(request, message, level, *args, **kw)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> Any:
        return self._after_saving(request, obj) or super().response_add(
            request, obj, post_url_continue
        )

    def response_change(self, request: HttpRequest, obj: Any) -> Any:
        return self._after_saving(request, obj) or super().response_change(request, obj)

    def _after_saving(self, request: HttpRequest, obj: Any) -> HttpResponse | None:
        response = self.lead_to(request, obj, request.POST[ACT]) if ACT in request.POST else None
        if response is not None and not getattr(request, "nothing_changed", False):
            messages.success(request, _("Your changes are saved."))
        return response

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show a page on the front page to whoever may do anything there."""
        return any(self.get_model_perms(request).values())

    def lead_to(self, request: HttpRequest, obj: Any, act: str) -> HttpResponse | None:
        """Answer the button of an act, once the form it stands on is saved. None: no such act."""
        return None

    def heading(self, obj: Any) -> str:
        """Return what staff call an object; unlike its `str`, it is kept nowhere."""
        return str(obj)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kw: Any) -> Any:
        if context.get("original") is not None:
            context["subtitle"] = self.heading(context["original"])
        return super().render_change_form(request, context, *args, **kw)

    @property
    def media(self) -> forms.Media:
        scripts = [Script("js/admin/unsaved.js", type="module")]
        if self.filter_horizontal:
            scripts.append(Script("js/admin/two-boxes.js", type="module"))
        return super().media + forms.Media(
            js=scripts,  # type: ignore[arg-type]  # the stubs know strings only
            css={"all": ["css/admin/forms.css"]},
        )


# Django's admin classes take type arguments only in the eyes of a type checker.
if TYPE_CHECKING:

    class ModelAdmin(Careful, admin.ModelAdmin[M]):
        pass

    class StackedInline(_Opened, _TimesInZone, AsksDesk, admin.StackedInline[M, N]):
        pass
else:

    class ModelAdmin(Careful, admin.ModelAdmin):
        def __class_getitem__(cls, _model: object) -> type:
            return cls

    class StackedInline(_Opened, _TimesInZone, AsksDesk, admin.StackedInline):
        form = EditForm
        formset = EditFormSet

        def __class_getitem__(cls, _models: object) -> type:
            return cls


def careful(admin_class: type[admin.ModelAdmin[Any]]) -> type[admin.ModelAdmin[Any]]:
    """Return an admin class that is `Careful` too, such as one of Django or of a library."""
    if issubclass(admin_class, Careful):
        return admin_class
    return type(admin_class.__name__, (Careful, admin_class), {})


def answer(
    request: HttpRequest, template: str, title: str, context: dict[str, Any]
) -> TemplateResponse:
    """Answer with a page that looks like the rest of the desk."""
    shared = {**admin.site.each_context(request), "title": title}
    return TemplateResponse(request, template, {**shared, **context})
