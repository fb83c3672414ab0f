"""How the admin keeps a list that every process reads: on record, and soon in effect."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from openletter.lib.admin.pages import M, ModelAdmin
from openletter.lib.db import clock
from openletter.moderation import audit
from openletter.moderation.history import Recorded


class ListInForce(Recorded, ModelAdmin[M]):
    """What staff list, and processes keep: on record, and in effect within seconds."""

    record_key = "pk"
    # What stands on the record when a row is listed, changed, and taken off.
    acts: ClassVar[tuple[str, str, str]]

    ordering = ("-created_at",)
    actions = None  # one at a time: each is recorded

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kw: Any
    ) -> Any:
        """Ask for the letter of those who may list nothing for the whole site."""
        form = super().get_form(request, obj, change=change, **kw)
        if "letter" in form.base_fields:
            field = form.base_fields["letter"]
            field.required = not self.has_add_permission(request, self.model())
            field.empty_label = None if field.required else _("all letters")
            field.help_text = "" if field.required else field.help_text
        return form

    def forget(self) -> None:
        """Let this process read the list again."""
        raise NotImplementedError

    def on_record(self, obj: M) -> dict[str, Any]:
        """Return what the record says of a row, besides the act."""
        return {"reason": ""}

    def save_model(self, request: HttpRequest, obj: M, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        self._record(request, obj, self.acts[1] if change else self.acts[0])

    def delete_model(self, request: HttpRequest, obj: M) -> None:
        self._record(request, obj, self.acts[2])
        super().delete_model(request, obj)
        self.forget()

    def _record(self, request: HttpRequest, obj: M, action: str) -> None:
        audit.record(
            actor_id=request.user.pk,
            action=action,
            object_kind=self.recorded_as,
            object_id=obj.pk,
            now=clock.now(),
            **self.on_record(obj),
        )
        self.forget()
