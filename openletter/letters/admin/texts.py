"""What the desks of versions and updates share: texts by language, and those that are published.

A published version or update only gains languages, and what is added to it is public at once and
for ever. So adding asks first, and shows the words: nothing is stored until they were seen.
"""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from openletter.accounts import access
from openletter.accounts.access import Action
from openletter.letters import fingerprints
from openletter.letters.admin import confirm_page
from openletter.letters.admin.confirm_page import AsksBeforeStoring, NotSeenYet, Question
from openletter.letters.forms import TextFormSet
from openletter.letters.models import Letter, TextVersion, Translation, Update, UpdateText
from openletter.letters.queries import versions
from openletter.lib.admin.keys import key_in
from openletter.lib.admin.pages import M, ModelAdmin, N, StackedInline


def is_draft(owner: TextVersion | Update | None) -> bool:
    return owner is None or owner.published_at is None


def missing_languages(owner: TextVersion | Update) -> set[str]:
    texts = owner.translations if isinstance(owner, TextVersion) else owner.texts
    written = set(texts.values_list("language", flat=True))
    return {code for code, _name in settings.LANGUAGES} - written


class TextsInline(StackedInline[M, N]):
    """Texts by language; those that are published can only be read."""

    formset = TextFormSet
    extra = 0
    min_num = 1

    class Media:
        js = ("js/admin/texts.js",)

    def get_max_num(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return len(settings.LANGUAGES)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_draft(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_draft(obj) and super().has_delete_permission(request, obj)


class TextsAdmin(AsksBeforeStoring, ModelAdmin[M]):
    """Versions and updates: drafts are edited, what is published gains languages."""

    watched: ClassVar[tuple[str, ...]] = ("published_at",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and is_draft(obj) and super().has_delete_permission(request, obj)

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> Any:
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        return {**kwargs, "letter": self._letter(request, obj)}

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kw: Any) -> Any:
        """Offer to save only what can still be changed: what is published gains languages."""
        owner = context.get("original")
        if owner is not None and not is_draft(owner) and not missing_languages(owner):
            context.update(show_save=False, show_save_and_continue=False)
        return super().render_change_form(request, context, *args, **kw)

    @staticmethod
    def _letter(request: HttpRequest, obj: Any) -> Letter | None:
        if obj is not None and obj.letter_id:
            letter: Letter = obj.letter
            return letter
        asked = key_in(request.GET.get("letter", ""))
        mine = access.visible(request.user, Action.BEGIN_UPDATES, Letter)
        return None if asked is None else mine.filter(pk=asked).first()

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if change and not is_draft(form.instance):
            added = formset.save(commit=False)
            if added and request.POST.get(confirm_page.SEEN) != fingerprints.of_texts(added):
                raise NotSeenYet(partial(_adding, request, added))
        super().save_formset(request, form, formset, change)


def _adding(request: HttpRequest, added: list[Translation | UpdateText], subject: Any) -> Question:
    return Question(
        label=_("Publish in another language"),
        question=_(
            "This is already published. Whatever you add becomes public at once and can never"
            " be changed, because people may sign and share exactly these words."
        ),
        subject=subject,
        back=request.path,
        seen=fingerprints.of_texts(added),
        texts=confirm_page.shown(added),
        sender_name=versions.sender_of(subject.letter),
        typed=confirm_page.typed_before(request),
    )
