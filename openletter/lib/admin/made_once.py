"""Forms of the desk that make a row once, however often they are sent, as by a double click.

Such a row has a `public_id` before it is stored, and its form brings that along.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from openletter.lib.admin.edit_forms import OPENED_ON, and_opened_on, said_id

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Any]
else:
    _Base = object


class MakesOnce(_Base):
    def makes_once(self) -> bool:
        return any(field.name == "public_id" for field in self.opts.fields)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        return and_opened_on(fieldsets) if obj is None and self.makes_once() else fieldsets

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        is_new = object_id is None and request.method == "POST" and self.makes_once()
        made = self._made_before(request) if is_new else None
        if made is None:
            return super().changeform_view(request, object_id, *args, **kwargs)
        messages.info(request, _("You sent this twice. It was saved once."))
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", made.pk)

    def _made_before(self, request: HttpRequest) -> Any:
        """Return the row that this very form has made already."""
        said = said_id(request.POST.get(OPENED_ON))
        if said is None or not self.has_add_permission(request):
            return None
        return self.get_queryset(request).filter(public_id=said).first()
